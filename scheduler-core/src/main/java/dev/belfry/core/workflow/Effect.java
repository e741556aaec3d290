package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.Optional;

/** What follows from a step of a workflow run, for the caller to do. */
public sealed interface Effect {

    /**
     * A job is to run: it is put into the queue under this id, which for the first run of a root with a schedule is that of its fire.
     *
     * @param version of its definition
     * @param runId the id of the job's run, the same whenever this attempt is named
     * @param attempt of the job within the workflow run, from 1
     * @param notBefore it may be queued at once, but does not start before this instant
     */
    record Start(String job, int version, String runId, int attempt, Optional<Instant> notBefore) implements Effect {}

    /**
     * A job has its outcome without having run: skipped, upstream-failed or cancelled.
     *
     * @param runId under which that is recorded, like an attempt's
     */
    record Decided(String job, String runId, Outcome outcome, String reason) implements Effect {}

    /** The run of a job is to be cancelled; its end is reported as any other. */
    record Cancel(String job, String runId, int attempt) implements Effect {}

    /** The workflow run is final. */
    record Finished(Outcome outcome, String reason) implements Effect {}
}
