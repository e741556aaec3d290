package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.schedule.Trigger;
import dev.belfry.core.schedule.TriggerOptions;
import dev.belfry.core.value.Due;
import java.time.Instant;
import java.util.Optional;

/** What the business dates in the parameters of a job are counted from. A pure function. */
public final class WorkflowDates {

    private WorkflowDates() {}

    /**
     * The zone and the calendar of the job's own trigger, or, if it has none, of a root's of its workflow.
     *
     * @param root any root of the workflow; the job itself outside of workflows
     * @param due the instant at which the run, or the workflow run, is due; on demand, when it was asked for
     */
    public static Due of(JobDefinition job, JobDefinition root, Instant due) {
        boolean driven = !job.upstreams().after().isEmpty() && job.schedule().manualOnly();
        JobDefinition timed = driven ? root : job;
        Trigger trigger = timed.schedule().triggers().get(0);
        TriggerOptions options = trigger.options();
        return new Due(
                due,
                options.zone(),
                Optional.ofNullable(options.calendar()).map(timed.schedule().calendars()::get));
    }
}
