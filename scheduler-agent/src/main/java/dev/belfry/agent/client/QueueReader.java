package dev.belfry.agent.client;

import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.SplitCodec;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.store.Znode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Reads what the queue consists of; a record that cannot be read is named and left out.
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
                "get-segment", paths.stream().filter(path -> !isState(path)).toList(), deadline));
    }

    private static boolean isState(String path) {
        return path.endsWith(Paths.segmentState(""));
    }

    private CompletableFuture<List<String>> paths() {
        return requests.children("get-segments", Paths.SEGMENTS, deadline).thenCompose(buckets -> {
            List<CompletableFuture<List<String>>> lists = buckets.stream()
                    .map(bucket -> requests.children("get-segments", Paths.SEGMENTS + '/' + bucket, deadline)
                            .thenApply(names -> names.stream()
                                    .map(name -> Paths.SEGMENTS + '/' + bucket + '/' + name)
                                    .toList()))
                    .toList();
            return CompletableFuture.allOf(lists.toArray(new CompletableFuture<?>[0]))
                    .thenApply(done ->
                            lists.stream().flatMap(list -> list.join().stream()).toList());
        });
    }

    /**
     * Everything: how far schedules are first, so that what is queued meanwhile shows as waiting for its turn, not as settled; then
     * inboxes, so that what is dispatched meanwhile shows as waiting, not as neither.
     */
    CompletableFuture<QueueState> state() {
        return children("get-splits", Paths.SPLITS, name -> Paths.SPLITS + '/' + name)
                .thenCompose(this::state);
    }

    private CompletableFuture<QueueState> state(List<Znode> splits) {
        return children("get-queue-fires", Paths.QUEUED_FIRES, Paths::queuedFires)
                .thenCompose(fires -> children("get-inboxes", Paths.INBOX, Paths::inbox)
                        .thenCompose(inboxes -> paths().thenCompose(
                                        paths -> requests.readAll("get-segment", paths, deadline))
                                .thenCompose(segments -> requests.readAll(
                                                "get-queue", List.of(Paths.GATE, Paths.QUEUE_RULES), deadline)
                                        .thenApply(rest -> state(fires, inboxes, segments, rest, splits)))));
    }

    private CompletableFuture<List<Znode>> children(String site, String parent, Function<String, String> path) {
        return requests.children(site, parent, deadline)
                .thenCompose(
                        names -> requests.readAll(site, names.stream().map(path).toList(), deadline));
    }

    private static QueueState state(
            List<Znode> fires, List<Znode> inboxes, List<Znode> segments, List<Znode> rest, List<Znode> splits) {
        List<String> problems = new ArrayList<>();
        Map<String, FiresMark> marks = new HashMap<>();
        for (Znode mark : fires) {
            attempt(problems, () -> marks.put(Paths.name(mark.path()), FiresMark.decode(mark.path(), mark.data())));
        }
        Map<String, SplitHead> heads = new HashMap<>();
        for (Znode znode : splits) {
            attempt(problems, () -> {
                SplitHead head = SplitCodec.decodeHead(znode.path(), znode.data());
                heads.put(head.parent(), head);
            });
        }
        Map<String, Inbox> decoded = new HashMap<>();
        for (Znode inbox : inboxes) {
            attempt(problems, () -> decoded.put(Paths.name(inbox.path()), Inbox.decode(inbox.path(), inbox.data())));
        }
        Map<String, Znode> states = new HashMap<>();
        segments.stream().filter(znode -> isState(znode.path())).forEach(znode -> states.put(znode.path(), znode));
        List<QueueState.Stored> stored = new ArrayList<>();
        for (Znode znode : segments) {
            if (!isState(znode.path())) {
                attempt(problems, () -> stored.add(stored(znode, states)));
            }
        }
        stored.sort(Comparator.comparing(QueueState.Stored::accepted).thenComparing(QueueState.Stored::path));
        Gate[] gate = {Gate.FRESH};
        DeclaredRules[] rules = {DeclaredRules.NONE};
        for (Znode znode : rest) {
            attempt(problems, () -> {
                if (znode.path().equals(Paths.QUEUE_RULES)) {
                    rules[0] = DeclaredRules.decode(znode.path(), znode.data());
                } else if (znode.data().length > 0) {
                    gate[0] = Gate.decode(znode.path(), znode.data());
                }
            });
        }
        return new QueueState(stored, decoded, gate[0], rules[0], marks, heads, problems);
    }

    private static QueueState.Stored stored(Znode znode, Map<String, Znode> states) {
        Segment segment = Segment.decode(znode.path(), znode.data());
        Znode state = states.get(Paths.segmentState(znode.path()));
        return new QueueState.Stored(
                znode.path(),
                znode.created(),
                segment,
                state == null ? SegmentState.FRESH : SegmentState.decode(state.path(), state.data(), segment.tasks()));
    }

    private static void attempt(List<String> problems, Runnable reading) {
        try {
            reading.run();
        } catch (CorruptRecordException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
    }
}
