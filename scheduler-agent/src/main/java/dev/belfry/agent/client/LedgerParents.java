package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.agent.loop.Skeleton;
import dev.belfry.core.job.Placement;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Commit;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The znodes that have to be there before a job's owners can write: parents of its ledgers, created in the multi that
 * brings the layout, and the buckets above them, which all jobs share.
 *
 * <p>Not thread-safe; owned by the client's loop.
 */
final class LedgerParents {
    private static final Duration PAUSE = Duration.ofMillis(200);

    /** Number of a new job's layout; 0 is where broadcast jobs have their ledgers. */
    static final int FIRST_LAYOUT = 1;

    private static final byte[] NOTHING = new byte[0];

    private final Requests requests;
    private final Deadline deadline;
    /** Found to exist: nobody removes them. */
    private final Set<String> existing = new HashSet<>();

    LedgerParents(Requests requests, Deadline deadline) {
        this.requests = requests;
        this.deadline = deadline;
    }

    void exists(String path) {
        existing.add(path);
    }

    /** The multi that writes {@code job}, with the parents of a layout that its newest version brings. */
    Transaction.Builder transaction(String path, JobRecord job, byte[] data, int version) {
        boolean isNew = job.versions().size() == 1;
        Transaction.Builder transaction = Transaction.at(isNew ? "apply-create" : "apply-change");
        if (isNew
                || job.newest().layout()
                        != job.versions().get(job.versions().size() - 2).layout()) {
            for (String parent : of(job)) {
                if (!existing.contains(parent)) {
                    transaction.create(parent, NOTHING);
                }
            }
        }
        return version < 0 ? transaction.create(path, data) : transaction.put(path, data, version);
    }

    private static List<String> of(JobRecord job) {
        if (job.definition().placement() == Placement.BROADCAST) {
            return List.of(Paths.ledgers(job.uid(), 0));
        }
        String parent = Paths.ledgers(job.uid(), job.newest().layout());
        int shards = job.definition().shards().count();
        List<String> parents = new ArrayList<>(List.of(parent));
        for (int block = 0; shards > Paths.BLOCK && block * Paths.BLOCK < shards; block++) {
            parents.add(parent + "/b" + block);
        }
        return parents;
    }

    /** Creates what is missing of the namespace's subtrees and of the buckets of {@code job}. */
    CompletableFuture<Boolean> ensureBuckets(JobRecord job) {
        return skeleton(requests, deadline)
                .thenCompose(done -> create(Paths.jobBucket(job.name())))
                .thenCompose(done -> create(Paths.ledgerBucket(job.uid())));
    }

    private CompletableFuture<Boolean> create(String path) {
        Transaction transaction =
                Transaction.at("apply-parent").create(path, NOTHING).build();
        return requests.commit(transaction, deadline).thenCompose(answer -> {
            boolean there = answer instanceof Commit.Applied
                    || (answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS);
            if (there) {
                return CompletableFuture.completedFuture(true);
            }
            if (answer instanceof Commit.Conflict) {
                return CompletableFuture.failedFuture(
                        new ClientException(Kind.REJECTED, "cannot create " + path + ": its parent is gone"));
            }
            // Of unknown result: creating it again is harmless.
            return requests.settled("apply-parent-settle", deadline).thenCompose(settled -> create(path));
        });
    }

    /** Makes sure that the namespace has its subtrees; tried again until the deadline. */
    static CompletableFuture<Boolean> skeleton(Requests requests, Deadline deadline) {
        return requests.session(deadline).thenCompose(session -> {
            CompletableFuture<String> problem = new CompletableFuture<>();
            new Skeleton(requests.store(), session).ensure(made -> problem.complete(""), problem::complete);
            return problem.thenCompose(why -> {
                if (why.isEmpty()) {
                    return CompletableFuture.completedFuture(true);
                }
                if (deadline.passed(requests.loop().nanoTime())) {
                    return CompletableFuture.failedFuture(
                            new ClientException(Kind.REJECTED, "the namespace could not be set up: " + why));
                }
                return requests.after(PAUSE)
                        .thenCompose(waited -> requests.sync("skeleton-settle", deadline))
                        .thenCompose(synced -> skeleton(requests, deadline));
            });
        });
    }
}
