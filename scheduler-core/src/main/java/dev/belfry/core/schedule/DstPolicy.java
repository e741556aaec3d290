package dev.belfry.core.schedule;

import java.util.Objects;

/**
 * What a cron trigger does with local times that do not exist or exist twice because the zone's offset changes. Immutable.
 *
 * <p>The rules hold for every change of offset: summer time, half-hour shifts (Australia/Lord_Howe), shifts at midnight
 * (America/Sao_Paulo until 2018), a whole day left out (Pacific/Apia, 30 December 2011), and changes of standard time.
 */
public record DstPolicy(Gap gap, Overlap overlap) {
    /** Fixed-time expressions: run at the end of a gap, first pass of an overlap. Interval-like ones follow the wall clock. */
    public static final DstPolicy AUTO = new DstPolicy(Gap.AUTO, Overlap.AUTO);

    private static final DstPolicy INTERVAL = new DstPolicy(Gap.SKIP, Overlap.BOTH);
    private static final DstPolicy FIXED = new DstPolicy(Gap.RUN_AT_GAP_END, Overlap.FIRST);

    public DstPolicy {
        Objects.requireNonNull(gap, "gap");
        Objects.requireNonNull(overlap, "overlap");
    }

    /** A policy that binds every expression alike where it is not {@code AUTO}. */
    public static DstPolicy of(Gap gap, Overlap overlap) {
        return new DstPolicy(gap, overlap);
    }

    /** Local times that the clock leaps over. */
    public enum Gap {
        /** {@link #RUN_AT_GAP_END} for fixed-time expressions, {@link #SKIP} for interval-like ones. */
        AUTO,
        /** One fire at the first instant after the gap, however many times fell into it. */
        RUN_AT_GAP_END,
        /** No fire for them. */
        SKIP
    }

    /** Local times that the clock shows twice. */
    public enum Overlap {
        /** {@link #FIRST} for fixed-time expressions, {@link #BOTH} for interval-like ones. */
        AUTO,
        /** The earlier of the two instants. */
        FIRST,
        /** The later of the two instants. */
        LAST,
        /** Either instant. */
        BOTH
    }

    /** This policy with AUTO replaced by what it means for an expression of the given kind. */
    DstPolicy resolved(boolean intervalLike) {
        if (gap != Gap.AUTO && overlap != Overlap.AUTO) {
            return this;
        }
        if (gap == Gap.AUTO && overlap == Overlap.AUTO) {
            return intervalLike ? INTERVAL : FIXED;
        }
        DstPolicy automatic = intervalLike ? INTERVAL : FIXED;
        return new DstPolicy(
                gap == Gap.AUTO ? automatic.gap : gap, overlap == Overlap.AUTO ? automatic.overlap : overlap);
    }
}
