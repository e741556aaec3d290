package dev.belfry.core.run;

import dev.belfry.core.job.Retry;
import java.time.Duration;

/** The pause between two attempts: exponential, capped, spread at random. */
public final class BackOff {

    private BackOff() {}

    /**
     * The pause after the failed attempt numbered {@code failures}, from 1.
     *
     * @param random uniformly distributed in [0, 1)
     */
    public static Duration pause(Retry retry, int failures, double random) {
        double grown = (double) retry.initial().toNanos() * Math.pow(retry.multiplier(), failures - 1.0);
        double capped = Math.min(grown, (double) retry.max().toNanos());
        return Duration.ofNanos((long) (capped * (1 + retry.jitter() * (2 * random - 1))));
    }
}
