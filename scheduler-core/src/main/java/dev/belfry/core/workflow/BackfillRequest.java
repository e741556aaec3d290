package dev.belfry.core.workflow;

import java.time.Instant;
import java.util.Objects;

/**
 * Which instants of a job's schedule are to be run, whenever they are or were.
 *
 * @param from the first instant that counts
 * @param to the last instant that counts
 * @param reprocess which of those that have a record run again
 * @param order which come first
 * @param overlap what happens while a run of the job that is not of this backfill is under way
 * @param concurrency how many runs of this backfill are under way at once; 1 to 1,000
 * @param most the backfill is refused if it would hold more instants; 1 to {@link #MOST}
 */
public record BackfillRequest(
        Instant from, Instant to, Reprocess reprocess, Order order, Beside overlap, int concurrency, int most) {

    /** The most instants that may be asked for. */
    public static final int MOST = 100_000;

    /** The bound unless another is asked for. */
    public static final int USUAL_MOST = 10_000;

    /** Which instants that have a record run again. */
    public enum Reprocess {
        /** None that has run: those without a record, and those that were missed, skipped or superseded. */
        NONE,
        /** Those as well that failed, timed out, were cancelled or lost, or had a failure before them. */
        FAILED,
        /** All, those that succeeded as well. */
        ALL
    }

    /** Which instants come first. */
    public enum Order {
        OLDEST_FIRST,
        NEWEST_FIRST
    }

    /** What happens while a run of the job that is not of this backfill is under way. */
    public enum Beside {
        /** The backfill waits. */
        WAIT,
        /** The backfill goes on beside it. */
        ALLOW,
        /** The instant whose turn it is gets skipped. */
        SKIP
    }

    public BackfillRequest {
        Objects.requireNonNull(reprocess, "reprocess");
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(overlap, "overlap");
        if (from.isAfter(to)) {
            throw new IllegalArgumentException("the range ends at " + to + ", before its start " + from);
        }
        if (concurrency < 1 || concurrency > 1_000) {
            throw new IllegalArgumentException("a concurrency of " + concurrency + " is not within 1 and 1,000");
        }
        if (most < 1 || most > MOST) {
            throw new IllegalArgumentException("a bound of " + most + " fires is not within 1 and " + MOST);
        }
    }

    /** Everything that has not run, oldest first, one after another, not beside other runs of the job. */
    public static BackfillRequest of(Instant from, Instant to) {
        return new BackfillRequest(from, to, Reprocess.NONE, Order.OLDEST_FIRST, Beside.WAIT, 1, USUAL_MOST);
    }

    /** The same with another choice of what runs again. */
    public BackfillRequest with(Reprocess other) {
        return new BackfillRequest(from, to, other, order, overlap, concurrency, most);
    }

    /** The same in another order. */
    public BackfillRequest with(Order other) {
        return new BackfillRequest(from, to, reprocess, other, overlap, concurrency, most);
    }

    /** The same with another policy for other runs of the job. */
    public BackfillRequest with(Beside other) {
        return new BackfillRequest(from, to, reprocess, order, other, concurrency, most);
    }

    /** The same with another number of runs at once. */
    public BackfillRequest withConcurrency(int other) {
        return new BackfillRequest(from, to, reprocess, order, overlap, other, most);
    }

    /** The same with another bound. */
    public BackfillRequest withMost(int other) {
        return new BackfillRequest(from, to, reprocess, order, overlap, concurrency, other);
    }
}
