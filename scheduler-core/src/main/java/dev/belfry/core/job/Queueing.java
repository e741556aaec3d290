package dev.belfry.core.job;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the tasks of a queued job stand in line.
 *
 * @param queue the name of the queue
 * @param concurrency the most tasks of the job that run at once; null for no limit
 * @param pools names of pools; a task takes one slot of each; without repetitions
 * @param rate the most tasks that start in a time; null for no limit
 * @param cost the duration that is expected of a task until enough are measured; null if unknown
 * @param backupAfter when a second attempt is started beside a slow one; null for never
 */
public record Queueing(
        String queue,
        @Nullable Integer concurrency,
        List<String> pools,
        @Nullable StartRate rate,
        @Nullable Duration cost,
        @Nullable BackupAfter backupAfter) {

    /** The queue that is there without being declared. */
    public static final String DEFAULT_QUEUE = "default";

    /** In the queue {@code default}, without limits. */
    public static final Queueing USUAL = new Queueing(DEFAULT_QUEUE, null, List.of(), null, null, null);

    public Queueing {
        Objects.requireNonNull(queue, "queue");
        pools = List.copyOf(pools);
        if (concurrency != null && concurrency < 1) {
            throw new IllegalArgumentException("concurrency is not positive: " + concurrency);
        }
        if (cost != null && (cost.isNegative() || cost.isZero())) {
            throw new IllegalArgumentException("the cost is not positive: " + cost);
        }
    }
}
