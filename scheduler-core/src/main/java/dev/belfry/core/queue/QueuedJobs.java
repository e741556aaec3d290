package dev.belfry.core.queue;

import dev.belfry.core.job.JobDefinition;
import java.time.Instant;
import java.util.Optional;

/** What the queue needs to know of the jobs. */
public interface QueuedJobs {

    /**
     * The definition by which a run of the job is to go; empty if the job is deleted.
     *
     * @param at for which the run stands, or when it was submitted
     */
    Optional<JobDefinition> definition(String jobUid, Instant at);
}
