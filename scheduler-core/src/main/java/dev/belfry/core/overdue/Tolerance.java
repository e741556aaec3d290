package dev.belfry.core.overdue;

import dev.belfry.core.job.JobDefinition;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long after its instant, jitter included, a fire may be without an outcome.
 *
 * @param waiting while nobody has begun it
 * @param running while its owner runs it, or an earlier fire of the shard behind which it waits; null for no limit
 */
public record Tolerance(Duration waiting, @Nullable Duration running) {

    /** What a fire gets to be begun, and beyond its total time-out, unless its job says otherwise. */
    public static final Duration USUAL = Duration.ofMinutes(1);

    /**
     * That of a job: as it declares it, else {@link #USUAL}, beyond the queue time-out of a queued one that has it, and beyond
     * its total time-out, if it has one.
     */
    public static Tolerance of(JobDefinition job) {
        Duration declared = job.tolerance();
        if (declared != null) {
            return new Tolerance(declared, declared);
        }
        Duration total = job.timeouts().total();
        Duration queue = job.timeouts().queue();
        Duration waiting = queue == null ? USUAL : queue.plus(USUAL);
        return new Tolerance(waiting, total == null ? null : total.plus(USUAL));
    }
}
