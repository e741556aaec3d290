package dev.belfry.core.job;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long things may take; null stands for no limit. All are positive.
 *
 * @param attempt one attempt of one shard
 * @param total a shard of a run from the start of its first attempt to its end, retries and the waiting between them
 *     included, under whatever owners
 * @param heartbeat the longest silence of an attempt that reports progress
 * @param queue the longest wait for dispatch; only for queued jobs
 * @param cancelGrace what code gets to end by itself after the cancel signal, and again after the interrupt that follows;
 *     then the attempt is abandoned. May be zero
 */
public record Timeouts(
        @Nullable Duration attempt,
        @Nullable Duration total,
        @Nullable Duration heartbeat,
        @Nullable Duration queue,
        TimeoutAction action,
        Duration cancelGrace) {

    /** No limits; cancels; 10 s of grace. */
    public static final Timeouts NONE =
            new Timeouts(null, null, null, null, TimeoutAction.CANCEL, Duration.ofSeconds(10));

    public Timeouts {
        requirePositive("attempt", attempt);
        requirePositive("total", total);
        requirePositive("heartbeat", heartbeat);
        requirePositive("queue", queue);
        Objects.requireNonNull(action, "action");
        if (cancelGrace.isNegative()) {
            throw new IllegalArgumentException("the cancel grace is negative: " + cancelGrace);
        }
    }

    private static void requirePositive(String name, @Nullable Duration duration) {
        if (duration != null && (duration.isNegative() || duration.isZero())) {
            throw new IllegalArgumentException("the " + name + " time-out is not positive: " + duration);
        }
    }
}
