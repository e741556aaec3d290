package dev.belfry.faults.witness;

import java.util.List;
import java.util.Locale;

/**
 * How late fires began.
 *
 * @param nanos ascending
 */
public record Spread(List<Long> nanos) {
    private static final long MILLION = 1_000_000;

    public Spread {
        nanos = nanos.stream().sorted().toList();
    }

    /** How many were late by more than so much. */
    public long over(long millis) {
        return nanos.stream().filter(late -> late > millis * MILLION).count();
    }

    /** The share of those that were late by more than so much; 0 if there are none at all. */
    public double shareOver(long millis) {
        return nanos.isEmpty() ? 0 : (double) over(millis) / nanos.size();
    }

    private double quantile(double q) {
        return nanos.isEmpty()
                ? 0
                : (double) nanos.get((int) Math.min(nanos.size() - 1, (long) (q * nanos.size()))) / MILLION;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d fires, late by: median %.1f ms, 99 %% %.1f ms, 99.9 %% %.1f ms, most %.1f ms; over 100 ms: %d",
                nanos.size(),
                quantile(0.5),
                quantile(0.99),
                quantile(0.999),
                quantile(1),
                over(100));
    }
}
