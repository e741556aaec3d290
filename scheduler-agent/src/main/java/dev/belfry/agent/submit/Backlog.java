package dev.belfry.agent.submit;

import dev.belfry.core.queue.Segment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** Runs that wait to be sent, oldest first. Not thread-safe; owned by its {@link Intake}. */
final class Backlog {
    private final Deque<PendingRun> runs = new ArrayDeque<>();
    private long bytes;
    private long tasks;

    boolean isEmpty() {
        return runs.isEmpty();
    }

    long bytes() {
        return bytes;
    }

    void add(PendingRun pending) {
        runs.addLast(pending);
        count(pending, 1);
    }

    private void count(PendingRun pending, int sign) {
        bytes += sign * (long) pending.bytes;
        tasks += sign * (long) pending.run.shards();
    }

    /** They go first again, in their order. */
    void putBack(List<PendingRun> refused) {
        for (int i = refused.size() - 1; i >= 0; i--) {
            runs.addFirst(refused.get(i));
            count(refused.get(i), 1);
        }
    }

    /** Whether a segment would be full. */
    boolean fillsSegment() {
        return bytes >= Segment.MOST_BYTES - Segment.FRAME_BYTES || tasks >= Segment.MOST_TASKS;
    }

    /** Takes out the runs of the next segment. */
    List<PendingRun> take() {
        List<PendingRun> taken = new ArrayList<>();
        int left = Segment.MOST_BYTES - Segment.FRAME_BYTES;
        int room = Segment.MOST_TASKS;
        while (!runs.isEmpty()
                && runs.getFirst().bytes <= left
                && runs.getFirst().run.shards() <= room) {
            PendingRun next = runs.removeFirst();
            left -= next.bytes;
            room -= next.run.shards();
            count(next, -1);
            taken.add(next);
        }
        return taken;
    }

    boolean has(Predicate<PendingRun> which) {
        return runs.stream().anyMatch(which);
    }

    /** Takes out those of which {@code which} holds, and answers them. */
    void answer(Predicate<PendingRun> which, Submitted what) {
        List<PendingRun> answered = new ArrayList<>();
        for (Iterator<PendingRun> each = runs.iterator(); each.hasNext(); ) {
            PendingRun pending = each.next();
            if (which.test(pending)) {
                each.remove();
                count(pending, -1);
                answered.add(pending);
            }
        }
        answered.forEach(pending -> pending.answer(what));
    }
}
