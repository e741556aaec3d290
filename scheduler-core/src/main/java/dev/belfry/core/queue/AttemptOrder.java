package dev.belfry.core.queue;

import dev.belfry.core.job.JobDefinition;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an agent is told of the next attempt at a task, and how long all attempts may take. */
final class AttemptOrder {
    private AttemptOrder() {}

    /**
     * The entry of the next attempt.
     *
     * @param number of the dispatch
     * @param now by the clock of the ensemble
     */
    static Inbox.Entry entry(QueuedTask task, JobDefinition job, long number, Instant now) {
        Duration own = task.run().options().attempt();
        Duration limit = own == null ? job.timeouts().attempt() : own;
        Duration total = total(task, job);
        Instant first = task.history.first().isAfter(Instant.EPOCH) ? task.history.first() : now;
        Duration left = total == null ? null : Duration.between(now, first.plus(total));
        boolean byTotal = left != null && (limit == null || left.compareTo(limit) < 0);
        return new Inbox.Entry(
                number,
                task.run().runId(),
                task.fire(),
                new Inbox.Task(
                        task.run().jobUid(), task.id().shard(), task.run().shards()),
                new Inbox.Order(
                        task.history.attempts() + 1,
                        Instant.ofEpochMilli(now.toEpochMilli()),
                        byTotal ? left : limit,
                        byTotal,
                        task.history.checkpoint(),
                        0,
                        task.run().options().asOf()),
                task.run().parameters(),
                "");
    }

    /** When the time for all attempts is over; {@link Instant#MAX} if there is no limit, or no attempt so far. */
    static Instant totalEnd(QueuedTask task, JobDefinition job) {
        Duration total = total(task, job);
        boolean counts = total != null && task.history.first().isAfter(Instant.EPOCH);
        return counts ? task.history.first().plus(total) : Instant.MAX;
    }

    private static @Nullable Duration total(QueuedTask task, JobDefinition job) {
        Duration own = task.run().options().total();
        return own == null ? job.timeouts().total() : own;
    }
}
