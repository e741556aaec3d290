package dev.belfry.console.proof;

import dev.belfry.agent.client.QueueState;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.Submission;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How far the fires of queued jobs have come.
 *
 * @param marks by uid of the job: up to when its fires were decided, and which wait for their turn
 * @param open tasks that are in the queue, or with an agent, and have no outcome
 */
public record QueueEvidence(Map<String, FiresMark> marks, Set<TaskId> open) {

    /** Nothing was ever queued. */
    public static final QueueEvidence NONE = new QueueEvidence(Map.of(), Set.of());

    public QueueEvidence {
        marks = Map.copyOf(marks);
        open = Set.copyOf(open);
    }

    /** What a reading of the queue says. */
    public static QueueEvidence of(QueueState state) {
        Set<TaskId> open = new HashSet<>();
        for (QueueState.Stored segment : state.segments()) {
            BitSet done = new BitSet();
            segment.state().settled().values().forEach(done::or);
            int ordinal = 0;
            for (Submission run : segment.segment().runs()) {
                for (int shard = 0; shard < run.shards(); shard++, ordinal++) {
                    if (!done.get(ordinal)) {
                        open.add(TaskId.of(run.runId(), shard));
                    }
                }
            }
        }
        return new QueueEvidence(state.fires(), open);
    }
}
