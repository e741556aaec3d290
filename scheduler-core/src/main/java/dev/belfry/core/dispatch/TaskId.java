package dev.belfry.core.dispatch;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/**
 * A task: one shard of a run, or the second attempt beside a slow one of it.
 *
 * @param run the id of the run
 * @param shard its number, from 0
 * @param backup whether it is a second attempt that runs beside the first
 */
public record TaskId(String run, int shard, boolean backup) implements Comparable<TaskId> {
    private static final Comparator<TaskId> ORDER =
            Comparator.comparing(TaskId::run).thenComparingInt(TaskId::shard).thenComparing(TaskId::backup);

    /** Throws {@link IllegalArgumentException} for a negative shard. */
    public TaskId {
        requireNonNull(run);
        if (shard < 0) {
            throw new IllegalArgumentException("the shard of run " + run + " is negative: " + shard);
        }
    }

    /** A shard of a run. */
    public static TaskId of(String run, int shard) {
        return new TaskId(run, shard, false);
    }

    @Override
    public int compareTo(TaskId other) {
        return ORDER.compare(this, other);
    }

    /** Run and shard, such as {@code nightly@17/3}. */
    @Override
    public String toString() {
        return run + "/" + shard + (backup ? " (backup)" : "");
    }
}
