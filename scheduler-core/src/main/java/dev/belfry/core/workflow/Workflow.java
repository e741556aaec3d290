package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.schedule.Schedule;
import dev.belfry.core.workflow.JobPlan.Gate;
import dev.belfry.core.workflow.JobPlan.LeftOut;
import dev.belfry.core.workflow.WorkflowAnswer.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A set of jobs connected by {@code after}. Immutable; {@link WorkflowGraph} makes them.
 *
 * <p>It starts as a whole. If it has a schedule, that is the trigger of its one root, the job without upstreams: each fire of it
 * starts one run of all jobs of the workflow, and is the root's run in it. A workflow whose roots are all manual runs on demand only
 * and may have several; any other can be run on demand as well.
 *
 * <p>A job with upstreams <em>and</em> a trigger runs when both hold: in the run due at t it starts when its upstreams let it, but
 * not before the first fire of its own trigger at or after t. If that fire is not before the workflow's next instant the job
 * belongs to a later run, and this one skips it. So each fire of its own trigger runs it at most once. Runs on demand look at no
 * trigger.
 */
public final class Workflow {

    private final List<JobDefinition> jobs;

    Workflow(List<JobDefinition> jobs) {
        this.jobs = List.copyOf(jobs);
    }

    /** Its jobs, upstreams before those that follow them, else by name. */
    public List<JobDefinition> jobs() {
        return jobs;
    }

    /** The jobs without upstreams, by name; at least one. */
    public List<JobDefinition> roots() {
        return jobs.stream().filter(job -> job.upstreams().after().isEmpty()).toList();
    }

    /** What it is called: the name of its first root. */
    public String name() {
        return roots().get(0).name();
    }

    /** What starts it; empty if it runs on demand only. */
    public Optional<Schedule> schedule() {
        Schedule schedule = roots().get(0).schedule();
        return schedule.manualOnly() ? Optional.empty() : Optional.of(schedule);
    }

    /** Begins a run. The answer is the same for the same arguments. */
    public Step begin(WorkflowStart start) {
        Map<String, Integer> numbers = new HashMap<>();
        List<JobPlan> plans = new ArrayList<>();
        for (JobDefinition job : jobs) {
            numbers.put(job.name(), plans.size());
            plans.add(plan(job, numbers, start));
        }
        return WorkflowRun.begin(start, plans);
    }

    private JobPlan plan(JobDefinition job, Map<String, Integer> numbers, WorkflowStart start) {
        WorkflowStart.Identity identity = start.jobs().get(job.name());
        if (identity == null) {
            throw new IllegalArgumentException("the job " + job.name() + " of the workflow " + name()
                    + " has no identity in what starts " + start.runId());
        }
        Gate gate = gate(job, start);
        boolean root = job.upstreams().after().isEmpty();
        boolean fires = start.scheduled() && root && gate.leftOut().isEmpty();
        return new JobPlan(
                job.name(),
                identity.uid(),
                identity.version(),
                job.shards().count(),
                job.upstreams().after().stream().map(numbers::get).toList(),
                job.upstreams().rule(),
                job.upstreams().when(),
                gate,
                fires ? Optional.of(identity.uid() + "@" + start.due()) : Optional.empty());
    }

    private Gate gate(JobDefinition job, WorkflowStart start) {
        if (!job.enabled()) {
            return Gate.closed(LeftOut.DISABLED);
        }
        boolean root = job.upstreams().after().isEmpty();
        if (root || job.schedule().manualOnly() || !start.gates()) {
            return Gate.OPEN;
        }
        Optional<Instant> fire = job.schedule().next(start.due().minusNanos(1));
        Optional<Instant> next = schedule().flatMap(schedule -> schedule.next(start.due()));
        return fire.filter(at -> next.isEmpty() || at.isBefore(next.get()))
                .map(at -> start.scheduled() ? Gate.from(at) : Gate.OPEN)
                .orElse(Gate.closed(LeftOut.NO_FIRE));
    }
}
