package dev.belfry.core.dispatch;

import dev.belfry.core.agent.Capacity;
import dev.belfry.core.job.Resources;

/**
 * What a task takes of an agent, or what an agent has, in whole numbers so that sums are exact.
 *
 * @param slots attempts
 * @param cpuMillis thousandths of a processor
 * @param memory bytes
 */
public record Needs(long slots, long cpuMillis, long memory) {
    /** Nothing. */
    public static final Needs NONE = new Needs(0, 0, 0);

    private static final double ROUNDING = 1e-6;

    /** Throws {@link IllegalArgumentException} for a negative value. */
    public Needs {
        if (slots < 0 || cpuMillis < 0 || memory < 0) {
            throw new IllegalArgumentException(
                    "needs are not negative: slots=" + slots + " cpuMillis=" + cpuMillis + " memory=" + memory);
        }
    }

    /** What a task with these resources takes; a fraction of a thousandth of a processor counts as a whole one. */
    public static Needs of(Resources resources) {
        return new Needs(resources.slots(), (long) Math.ceil(resources.cpu() * 1000 - ROUNDING), resources.memory());
    }

    /** What an agent of this capacity has; a fraction of a thousandth of a processor counts as nothing. */
    public static Needs of(Capacity capacity) {
        return new Needs(capacity.slots(), (long) Math.floor(capacity.cpu() * 1000 + ROUNDING), capacity.memory());
    }

    /** Both together. */
    public Needs plus(Needs more) {
        return new Needs(slots + more.slots, cpuMillis + more.cpuMillis, memory + more.memory);
    }

    /** So many times this. */
    public Needs times(long count) {
        return new Needs(slots * count, cpuMillis * count, memory * count);
    }

    /** What is left when {@code less} is taken away; nothing where it would be negative. */
    public Needs minus(Needs less) {
        return new Needs(
                Math.max(0, slots - less.slots),
                Math.max(0, cpuMillis - less.cpuMillis),
                Math.max(0, memory - less.memory));
    }

    /** Whether this fits into {@code free}. */
    public boolean fitsInto(Needs free) {
        return slots <= free.slots && cpuMillis <= free.cpuMillis && memory <= free.memory;
    }
}
