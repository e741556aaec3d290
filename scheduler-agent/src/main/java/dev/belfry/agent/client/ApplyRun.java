package dev.belfry.agent.client;

import dev.belfry.agent.client.ClientException.Kind;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Applies definitions, however many: some {@link JobBatch batches} are on their way at a time, and each definition has its own
 * answer. Two of the same job are applied in their order.
 *
 * <p>Not thread-safe; owned by the client's loop.
 */
final class ApplyRun implements JobBatch.Owner {
    /** New jobs that fit into one transaction: each brings the parent of its ledgers. */
    private static final int JOBS = JobBatch.OPERATIONS / 2;
    /** Batches under way at once. */
    private static final int WINDOW = 8;

    private final Requests requests;
    private final LedgerParents parents;
    private final Duration patience;
    private final Deque<JobWriter> waiting = new ArrayDeque<>();
    /** By job: those that come after the one that is being applied. */
    private final Map<String, Deque<JobWriter>> later = new HashMap<>();

    private int active;

    /** @param patience for which each definition is tried, from its first try on */
    ApplyRun(Requests requests, Duration patience) {
        this.requests = requests;
        this.parents = new LedgerParents(requests);
        this.patience = patience;
    }

    /** @param answers one for each definition, completed when it has its end */
    void start(List<JobDefinition> definitions, Author author, List<CompletableFuture<Applied>> answers) {
        for (int i = 0; i < definitions.size(); i++) {
            JobWriter writer = new JobWriter(requests.loop(), definitions.get(i), author, answers.get(i));
            if (writer.refusedAtOnce()) {
                continue;
            }
            parents.foresee(writer);
            Deque<JobWriter> same = later.get(writer.job());
            if (same == null) {
                later.put(writer.job(), new ArrayDeque<>());
                waiting.add(writer);
            } else {
                same.add(writer);
            }
        }
        if (waiting.size() > JOBS) {
            foresee();
        } else {
            fill();
        }
    }

    /**
     * Where there are many, it is listed first which jobs there are, and the buckets of all are created: what is not there need
     * not be read. If the store refuses that, each batch finds out for itself.
     */
    private void foresee() {
        Deadline deadline = requests.deadline(patience);
        var unused = requests.sync("apply-names-sync", deadline)
                .thenCompose(synced -> names(deadline))
                .thenCompose(there -> {
                    waiting.stream()
                            .filter(writer -> !there.contains(writer.path()))
                            .forEach(JobWriter::nowAbsent);
                    return parents.ensureBuckets(deadline);
                })
                .whenComplete((done, failed) -> requests.loop().execute(() -> {
                    if (failed != null && !JobBatch.rejected(JobBatch.cause(failed))) {
                        unreachable(List.of(), JobBatch.cause(failed));
                    }
                    fill();
                }));
    }

    private CompletableFuture<Set<String>> names(Deadline deadline) {
        Set<String> there = new HashSet<>();
        return requests.children("apply-names", Paths.JOBS, deadline)
                .thenCompose(buckets -> CompletableFuture.allOf(buckets.stream()
                        .map(bucket -> {
                            String parent = Paths.JOBS + '/' + bucket;
                            return requests.children("apply-names", parent, deadline)
                                    .thenAccept(names -> names.forEach(name -> there.add(parent + '/' + name)));
                        })
                        .toArray(CompletableFuture[]::new)))
                .thenApply(listed -> there);
    }

    private void fill() {
        while (active < WINDOW && !waiting.isEmpty()) {
            send(take());
        }
    }

    private List<JobWriter> take() {
        List<JobWriter> batch = new ArrayList<>();
        do {
            batch.add(waiting.remove());
        } while (!batch.get(0).alone()
                && batch.size() < JOBS
                && !waiting.isEmpty()
                && !waiting.getFirst().alone());
        return batch;
    }

    private void send(List<JobWriter> batch) {
        long left = 0;
        long now = requests.loop().nanoTime();
        for (JobWriter writer : batch) {
            left = Math.max(left, writer.begin(patience).left(now));
        }
        active++;
        // As long as one of them may be tried, the others are no worse off.
        var unused = new JobBatch(requests, parents, new Deadline(now + left), batch, this)
                .run()
                .whenComplete((done, failed) -> requests.loop().execute(() -> ended(batch, failed)));
    }

    private void ended(List<JobWriter> batch, @Nullable Throwable failed) {
        active--;
        if (failed != null) {
            unreachable(batch, JobBatch.cause(failed));
        }
        for (JobWriter writer : batch) {
            if (writer.isDone()) {
                next(writer.job());
            }
        }
        fill();
    }

    private void next(String job) {
        Deque<JobWriter> same = later.get(job);
        JobWriter following = same == null ? null : same.poll();
        if (following != null) {
            waiting.addFirst(following);
        }
    }

    /** The store did not answer in time: what waits is not tried, or a file of thousands took hours to fail. */
    private void unreachable(List<JobWriter> batch, Throwable why) {
        batch.forEach(writer -> writer.failed(why));
        List<JobWriter> untried = new ArrayList<>(waiting);
        waiting.clear();
        later.values().forEach(untried::addAll);
        later.clear();
        String message = "not tried: " + why.getMessage();
        untried.forEach(writer -> writer.failed(new ClientException(Kind.UNAVAILABLE, message)));
    }

    @Override
    public void again(JobWriter writer, Duration pause) {
        if (pause.isZero()) {
            waiting.addFirst(writer);
        } else {
            requests.loop().after(pause.toNanos(), () -> {
                waiting.addFirst(writer);
                fill();
            });
        }
    }
}
