package dev.belfry.core.dispatch;

import java.time.Instant;
import java.util.Comparator;

/** A queued task in its line. Instants are milliseconds since 1970. */
final class Entry {
    static final long NEVER = Long.MAX_VALUE;

    /** Within a lane: slots in ascending order, in a slot first in, first out. */
    static final Comparator<Entry> ORDER = Comparator.comparingLong((Entry each) -> each.rank)
            .thenComparingLong(each -> each.since)
            .thenComparingLong(each -> each.task.number())
            .thenComparing(each -> each.task.id());

    /** Of those that may not start yet. */
    static final Comparator<Entry> BY_TIME =
            Comparator.comparingLong((Entry each) -> each.earliest).thenComparing(each -> each.task.id());

    final QueuedTask task;
    final Lane lane;
    final long since;
    final long earliest;
    /** The beginning of its slot less its priority, by the ageing step of its queue. */
    final long rank;

    boolean ready;

    Entry(QueuedTask task, Lane lane) {
        this.task = task;
        this.lane = lane;
        this.since = task.since().toEpochMilli();
        this.earliest = ceilMillis(task.earliest());
        this.rank = lane.job.queue.rank(since, task.priority());
    }

    /** No task may start early by the part of a millisecond. */
    private static long ceilMillis(Instant instant) {
        long millis = instant.toEpochMilli();
        return Instant.ofEpochMilli(millis).isBefore(instant) ? millis + 1 : millis;
    }
}
