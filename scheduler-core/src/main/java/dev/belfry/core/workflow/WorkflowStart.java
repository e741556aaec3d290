package dev.belfry.core.workflow;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * What is known of a workflow run before it begins.
 *
 * @param runId the workflow run id, at most {@link WorkflowRun#LONGEST_ID} letters, digits and {@code . _ : @ ! ~ -}
 * @param due the instant at which it is due; on demand, the present
 * @param scheduled whether it is a fire of the workflow's trigger; if not, triggers of its jobs hold nothing back
 * @param jobs the identity of every job of the workflow, by name
 * @param given what the run is given; with an instant as of which its jobs go it stands for a fire that somebody asked for: what
 *     the triggers of its jobs leave out at that instant is left out, and nothing is held back
 */
public record WorkflowStart(String runId, Instant due, boolean scheduled, Map<String, Identity> jobs, RunGiven given) {

    /** One that is given nothing. */
    public WorkflowStart(String runId, Instant due, boolean scheduled, Map<String, Identity> jobs) {
        this(runId, due, scheduled, jobs, RunGiven.NOTHING);
    }

    /** Whether triggers of jobs that run after others count. */
    boolean gates() {
        return scheduled || given.asOf().isPresent();
    }

    public WorkflowStart {
        Objects.requireNonNull(runId, "runId");
        Objects.requireNonNull(due, "due");
        jobs = Map.copyOf(jobs);
    }

    /**
     * Which version of which job runs.
     *
     * @param uid of the job
     * @param version of its definition
     */
    public record Identity(String uid, int version) {}
}
