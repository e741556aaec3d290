package dev.belfry.core.job;

import java.time.Duration;
import java.util.Objects;

/**
 * The rules of a named queue.
 *
 * @param order which job is next within a slot
 * @param cost what counts as short; looked at with {@link QueueOrder#SHORTEST_JOB_FIRST} only
 * @param ageing how long a task waits to gain one priority, at least 1 ms
 */
public record QueueRules(QueueOrder order, QueueCost cost, Duration ageing) {

    /** First in, first out; a minute for a priority. */
    public static final QueueRules USUAL = new QueueRules(QueueOrder.FIFO, QueueCost.TIME, Duration.ofMinutes(1));

    public QueueRules {
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(cost, "cost");
        if (ageing.toMillis() < 1) {
            throw new IllegalArgumentException("the ageing step is not positive: " + ageing);
        }
    }
}
