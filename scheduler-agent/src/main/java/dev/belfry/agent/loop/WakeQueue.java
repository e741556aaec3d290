package dev.belfry.agent.loop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * When each shard is to be looked at next: one structure for all jobs. An entry is replaced, never searched for: one
 * that no longer says what its shard says is skipped.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class WakeQueue {

    private record Wake(Instant at, long order, OwnedShard shard) {}

    private final PriorityQueue<Wake> queue =
            new PriorityQueue<>(Comparator.comparing(Wake::at).thenComparingLong(Wake::order));
    private long order;

    /** The shard is to be looked at then, and not before; or not at all. */
    void set(OwnedShard shard, Optional<Instant> at) {
        Instant wake = at.orElse(null);
        if (wake == null || wake.equals(shard.wake)) {
            shard.wake = wake;
            return;
        }
        shard.wake = wake;
        queue.add(new Wake(wake, order++, shard));
    }

    /** The earliest instant at which a shard is to be looked at. */
    Optional<Instant> first() {
        Wake head = queue.peek();
        while (head != null && !head.at().equals(head.shard().wake)) {
            queue.poll();
            head = queue.peek();
        }
        return head == null ? Optional.empty() : Optional.of(head.at());
    }

    /** Takes out shards that are to be looked at by now, at most {@code limit}, the longest waiting first. */
    List<OwnedShard> due(Instant now, int limit) {
        List<OwnedShard> due = new ArrayList<>();
        for (Optional<Instant> first = first();
                due.size() < limit && first.isPresent() && !first.get().isAfter(now);
                first = first()) {
            Wake wake = queue.remove();
            wake.shard().wake = null;
            due.add(wake.shard());
        }
        return due;
    }
}
