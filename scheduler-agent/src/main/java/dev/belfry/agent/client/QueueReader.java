package dev.belfry.agent.client;

import dev.belfry.core.record.Paths;
import dev.belfry.store.Znode;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Reads what the queue consists of.
 *
 * <p>Not thread-safe; owned by the client's loop. One per question, which has one deadline.
 */
final class QueueReader {
    private final Requests requests;
    private final Deadline deadline;

    QueueReader(Requests requests, Deadline deadline) {
        this.requests = requests;
        this.deadline = deadline;
    }

    /** The segments, without their states. */
    CompletableFuture<List<Znode>> segments() {
        return paths().thenCompose(paths -> requests.readAll(
                "queue-segment", paths.stream().filter(path -> !isState(path)).toList(), deadline));
    }

    private static boolean isState(String path) {
        return path.endsWith(Paths.segmentState(""));
    }

    private CompletableFuture<List<String>> paths() {
        return requests.children("queue-list", Paths.SEGMENTS, deadline).thenCompose(buckets -> {
            List<CompletableFuture<List<String>>> lists = buckets.stream()
                    .map(bucket -> requests.children("queue-list", Paths.SEGMENTS + '/' + bucket, deadline)
                            .thenApply(names -> names.stream()
                                    .map(name -> Paths.SEGMENTS + '/' + bucket + '/' + name)
                                    .toList()))
                    .toList();
            return CompletableFuture.allOf(lists.toArray(new CompletableFuture<?>[0]))
                    .thenApply(done ->
                            lists.stream().flatMap(list -> list.join().stream()).toList());
        });
    }
}
