package dev.belfry.core.dispatch;

import dev.belfry.core.job.QueueRules;
import org.jspecify.annotations.Nullable;

/** A queue by its name. */
final class NamedQueue {
    private static final int USUAL = 5;

    final String name;
    final QueueRules rules;
    /** Its place among the queues, which decides between tasks of two queues that are due equally. */
    final int index;

    final long ageing;
    /** The agent that is kept free for the task that has waited longest for room. */
    @Nullable
    Reservation reservation;

    /** The round in which a lane was found that comes first of those that wait for room. */
    long firstFound = -1;

    NamedQueue(String name, QueueRules rules, int index) {
        this.name = name;
        this.rules = rules;
        this.index = index;
        this.ageing = rules.ageing().toMillis();
    }

    /**
     * The beginning of the slot of a task: (floor(t / A) - (p - 5)) * A. Slots of one queue are in the order of their numbers; written
     * as instants, at which tasks of the usual priority count as what they are, those of queues with different ageing steps can
     * be compared, too.
     */
    long rank(long since, int priority) {
        return (Math.floorDiv(since, ageing) - (priority - USUAL)) * ageing;
    }
}
