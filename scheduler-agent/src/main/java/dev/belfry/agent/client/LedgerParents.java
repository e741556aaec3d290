package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.agent.client.JobWriter.Replacement;
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
import java.util.TreeSet;
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

    static final byte[] NOTHING = new byte[0];

    private final Requests requests;
    /** Found to exist: nobody removes them. */
    private final Set<String> existing = new HashSet<>();
    /** The buckets that the jobs to be written may need. */
    private final Set<String> buckets = new TreeSet<>();
    /** Done while none are being created. */
    private CompletableFuture<Boolean> ensuring = CompletableFuture.completedFuture(true);

    LedgerParents(Requests requests) {
        this.requests = requests;
    }

    /** A job that may have to be written: once a bucket is found missing, its buckets are created with all the others. */
    void foresee(JobWriter writer) {
        buckets.add(Paths.jobBucket(writer.job()));
        buckets.add(Paths.ledgerBucket(writer.uid()));
    }

    void exists(String path) {
        existing.add(path);
    }

    /** What the multi that writes the record has to create besides: the parents of a layout that comes with it. */
    List<String> missing(Replacement replacement) {
        if (!replacement.bringsLayout()) {
            return List.of();
        }
        List<String> parents = new ArrayList<>(of(replacement.job()));
        parents.removeAll(existing);
        return parents;
    }

    private static List<String> of(JobRecord job) {
        if (job.definition().placement() == Placement.BROADCAST) {
            return List.of(Paths.ledgers(job.uid(), 0));
        }
        if (job.definition().placement() == Placement.QUEUED) {
            // Its runs are accounted for in the queue.
            return List.of();
        }
        String parent = Paths.ledgers(job.uid(), job.newest().layout());
        int shards = job.definition().shards().count();
        List<String> parents = new ArrayList<>(List.of(parent));
        for (int block = 0; shards > Paths.BLOCK && block * Paths.BLOCK < shards; block++) {
            parents.add(parent + "/b" + block);
        }
        return parents;
    }

    // --- buckets

    /** Creates what is missing of the namespace's subtrees and of the buckets, for all who ask meanwhile at once. */
    CompletableFuture<Boolean> ensureBuckets(Replacement of, Deadline deadline) {
        // The uid of a job that is there already is not the one foreseen.
        boolean known = !buckets.add(Paths.ledgerBucket(of.job().uid()));
        return ensureBuckets(known, deadline);
    }

    /** Creates what is missing of them before anything is written, where many jobs are to be. */
    CompletableFuture<Boolean> ensureBuckets(Deadline deadline) {
        return ensureBuckets(true, deadline);
    }

    private CompletableFuture<Boolean> ensureBuckets(boolean known, Deadline deadline) {
        if (ensuring.isDone() || !known) {
            ensuring = skeleton(requests, deadline).thenCompose(done -> createMissing(deadline));
        }
        return ensuring;
    }

    private CompletableFuture<Boolean> createMissing(Deadline deadline) {
        return requests.children("apply-buckets", Paths.JOBS, deadline)
                .thenCombine(requests.children("apply-buckets", Paths.LEDGER, deadline), (jobs, ledgers) -> {
                    Set<String> missing = new TreeSet<>(buckets);
                    jobs.forEach(name -> missing.remove(Paths.JOBS + '/' + name));
                    ledgers.forEach(name -> missing.remove(Paths.LEDGER + '/' + name));
                    return missing;
                })
                .thenCompose(missing -> create(List.copyOf(missing), deadline));
    }

    private CompletableFuture<Boolean> create(List<String> missing, Deadline deadline) {
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(true);
        }
        List<String> some = missing.subList(0, Math.min(JobBatch.OPERATIONS, missing.size()));
        Transaction.Builder transaction = Transaction.at("apply-parent");
        some.forEach(path -> transaction.create(path, NOTHING));
        return requests.commit(transaction.build(), deadline).thenCompose(answer -> {
            if (answer instanceof Commit.Applied) {
                return create(missing.subList(some.size(), missing.size()), deadline);
            }
            if (answer instanceof Commit.Conflict conflict && conflict.reason() == Commit.Reason.EXISTS) {
                // Somebody else is at it.
                List<String> left = new ArrayList<>(missing);
                left.remove(conflict.path());
                return create(left, deadline);
            }
            if (answer instanceof Commit.Conflict conflict) {
                return CompletableFuture.failedFuture(new ClientException(
                        Kind.REJECTED, "cannot create " + conflict.path() + ": its parent is gone"));
            }
            // Of unknown result: creating what is missing then is harmless.
            return requests.settled("apply-parent-settle", deadline).thenCompose(settled -> createMissing(deadline));
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
