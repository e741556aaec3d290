package dev.belfry.testkit.cluster;

import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.record.Paths;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.BackfillRunCodec;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.core.workflow.WorkflowRunCodec;
import dev.belfry.testkit.store.SimEnsemble;
import java.util.Optional;

/** What is stored of the queue, as anybody could read it. */
final class StoredQueue {
    private StoredQueue() {}

    /** Whether a segment has this run. */
    static boolean isSubmitted(SimEnsemble ensemble, String runId) {
        for (String bucket : ensemble.peekChildren(Paths.SEGMENTS)) {
            String parent = Paths.SEGMENTS + '/' + bucket;
            for (String name : ensemble.peekChildren(parent)) {
                String path = parent + '/' + name;
                boolean state = path.endsWith(Paths.segmentState(""));
                if (!state && has(path, ensemble.peek(path).orElseThrow().data(), runId)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean has(String path, byte[] data, String runId) {
        return Segment.decode(path, data).runs().stream()
                .anyMatch(run -> run.runId().equals(runId));
    }

    /** Whether every entry of this run in an inbox is marked as to be cancelled. */
    static boolean isStopped(SimEnsemble ensemble, String runId) {
        for (String incarnation : ensemble.peekChildren(Paths.INBOX)) {
            String path = Paths.inbox(incarnation);
            Inbox inbox = Inbox.decode(path, ensemble.peek(path).orElseThrow().data());
            if (inbox.entries().stream()
                    .anyMatch(entry ->
                            entry.runId().equals(runId) && entry.cancel().isEmpty())) {
                return false;
            }
        }
        return true;
    }

    /** The backfill of this id, under way or kept. */
    static Optional<BackfillRun> backfill(SimEnsemble ensemble, String id) {
        return ensemble.peek(Paths.backfill(id)).map(znode -> BackfillRunCodec.decode(znode.path(), znode.data()));
    }

    /** The workflow run of this id, under way or kept. */
    static Optional<WorkflowRun> workflow(SimEnsemble ensemble, String id) {
        return ensemble.peek(Paths.workflow(id)).map(znode -> WorkflowRunCodec.decode(znode.path(), znode.data()));
    }
}
