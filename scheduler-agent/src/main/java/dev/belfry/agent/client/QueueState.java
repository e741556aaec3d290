package dev.belfry.agent.client;

import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.workflow.SplitHead;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The queue as it was read, record by record: what was settled meanwhile may show in one of them and not in another.
 *
 * @param segments in the order of their creation
 * @param inboxes by incarnation
 * @param gate whether runs are taken in
 * @param rules what was applied
 * @param fires by uid of a queued job with a schedule, how far its fires have come; none where nothing was decided yet
 * @param splits by run, how far those are that are split into sub-tasks
 * @param problems records that cannot be read, one sentence each
 */
public record QueueState(
        List<Stored> segments,
        Map<String, Inbox> inboxes,
        Gate gate,
        DeclaredRules rules,
        Map<String, FiresMark> fires,
        Map<String, SplitHead> splits,
        List<String> problems) {

    /** A queue that was never used. */
    public static final QueueState NONE =
            new QueueState(List.of(), Map.of(), Gate.FRESH, DeclaredRules.NONE, Map.of(), Map.of(), List.of());

    /**
     * A segment and what became of its tasks.
     *
     * @param accepted when it became durable
     */
    public record Stored(String path, Instant accepted, Segment segment, SegmentState state) {}

    public QueueState {
        segments = List.copyOf(segments);
        inboxes = Map.copyOf(inboxes);
        fires = Map.copyOf(fires);
        splits = Map.copyOf(splits);
        problems = List.copyOf(problems);
    }
}
