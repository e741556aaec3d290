package dev.belfry.core.workflow;

import java.util.Objects;

/**
 * A job of a workflow run.
 *
 * @param plan what does not change
 * @param progress how far it has come
 */
public record WorkflowJob(JobPlan plan, JobProgress progress) {

    public WorkflowJob {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(progress, "progress");
    }

    /** Its name. */
    public String name() {
        return plan.name();
    }

    WorkflowJob with(JobProgress next) {
        return new WorkflowJob(plan, next);
    }

    boolean isFinal() {
        return progress.phase() == JobPhase.FINAL;
    }

    /** Whether its run is under way: queued, running or stopping. */
    boolean isUnderWay() {
        return progress.phase() == JobPhase.STARTED || progress.phase() == JobPhase.STOPPING;
    }
}
