package dev.belfry.core.version;

import dev.belfry.core.job.JobDefinition;
import java.time.Instant;

/**
 * One version of a job.
 *
 * @param number from 1, rising
 * @param from what is due at or after this instant, and before the next version's, is due under this version
 * @param changed when it was written, by the ensemble's clock
 * @param layout number of the layout of its shards; a change of their number or parameters makes a new one
 * @param definition what the job is
 * @param paused whether nothing is due under it
 * @param author who made it
 */
public record JobVersion(
        int number,
        Instant from,
        Instant changed,
        int layout,
        JobDefinition definition,
        boolean paused,
        Author author) {

    /** The same version in force from another instant on. */
    JobVersion from(Instant instant) {
        return new JobVersion(number, instant, changed, layout, definition, paused, author);
    }
}
