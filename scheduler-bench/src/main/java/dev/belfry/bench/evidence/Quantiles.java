package dev.belfry.bench.evidence;

import java.util.List;

/** Quantiles by the nearest rank: always a value that was measured, never one between two. */
public final class Quantiles {

    private Quantiles() {}

    /**
     * The smallest value that at least {@code part} of all values do not exceed; not a number if there are none.
     *
     * @param sorted ascending
     * @param part from 0 to 1
     */
    public static double of(long[] sorted, double part) {
        return sorted.length == 0 ? Double.NaN : sorted[rank(sorted.length, part)];
    }

    /** The median by the same rule, of values in any order; not a number if there are none. */
    public static double median(List<Double> values) {
        return values.isEmpty() ? Double.NaN : values.stream().sorted().toList().get(rank(values.size(), 0.5));
    }

    private static int rank(int count, double part) {
        if (part < 0 || part > 1) {
            throw new IllegalArgumentException("a part is from 0 to 1, not " + part);
        }
        return Math.max(0, (int) Math.ceil(part * count) - 1);
    }
}
