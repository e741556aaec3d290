package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.JobProblem;
import dev.belfry.core.schedule.Schedule;
import dev.belfry.core.schedule.Trigger;
import dev.belfry.core.value.Template;
import dev.belfry.core.value.ValueSyntaxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What must hold within one workflow, so that it starts as a whole and every job of it can run.
 *
 * <p>The trigger of the root may be a delay: it counts from the end of the workflow run, as it counts from the end of the run of a
 * job that is alone. No run begins while one is under way, so each fire of a gate still belongs to one run at most.
 */
final class StartChecks {

    private final Workflow workflow;
    private final List<JobProblem> found = new ArrayList<>();

    private StartChecks(Workflow workflow) {
        this.workflow = workflow;
    }

    static List<JobProblem> of(Workflow workflow) {
        StartChecks checks = new StartChecks(workflow);
        checks.roots();
        checks.found.addAll(TaskChecks.of(workflow));
        if (checks.found.isEmpty()) {
            checks.gates();
            checks.dates();
            checks.size();
        }
        return checks.found;
    }

    /** Two schedules, each with its own policies for what is late and what overlaps, could decide differently about one instant. */
    private void roots() {
        List<JobDefinition> roots = workflow.roots();
        Optional<JobDefinition> lead =
                roots.stream().filter(root -> !root.schedule().manualOnly()).findFirst();
        if (lead.isEmpty()) {
            return;
        }
        String name = lead.get().name();
        for (JobDefinition root : roots) {
            if (!root.name().equals(name)) {
                String what = root.schedule().manualOnly()
                        ? "would never run: the workflow starts with " + name + ", and this job runs after no other"
                        : "would start the workflow that " + name
                                + " starts, and a workflow with a schedule has one root";
                found.add(JobProblem.of(root.name(), "trigger", what)
                        .expecting("after: [" + name
                                + "], and no trigger or one that holds it back; only where all are manual there may be"
                                + " several roots"));
            }
        }
    }

    /** A trigger beside after must fire at or after a first run of the workflow. */
    private void gates() {
        Optional<Schedule> lead = workflow.schedule();
        for (JobDefinition job : workflow.jobs()) {
            boolean own = !job.upstreams().after().isEmpty() && !job.schedule().manualOnly();
            if (!own) {
                continue;
            }
            if (lead.isEmpty()) {
                found.add(JobProblem.of(job.name(), "trigger", "has no effect: the workflow runs on demand only")
                        .expecting("a trigger for " + workflow.name() + ", or none for this job"));
                continue;
            }
            Optional<Instant> first = lead.get().next(Instant.MIN);
            if (first.isPresent()
                    && job.schedule().next(first.get().minusNanos(1)).isEmpty()) {
                found.add(JobProblem.of(
                                job.name(),
                                "trigger",
                                "would never let the job run: it does not fire at or after " + first.get()
                                        + ", when the workflow first runs")
                        .expecting("a trigger that fires after that of " + workflow.name() + ", or none"));
            }
        }
    }

    /** Dates in parameters of a job without a trigger are counted by the trigger of the workflow. */
    private void dates() {
        List<Trigger> triggers = workflow.roots().get(0).schedule().triggers();
        long zones = triggers.stream()
                .map(trigger -> trigger.options().zone())
                .distinct()
                .count();
        boolean calendar =
                triggers.stream().allMatch(trigger -> trigger.options().calendar() != null)
                        && triggers.stream()
                                        .map(trigger -> trigger.options().calendar())
                                        .distinct()
                                        .count()
                                == 1;
        for (JobDefinition job : workflow.jobs()) {
            if (job.upstreams().after().isEmpty() || !job.schedule().manualOnly()) {
                continue;
            }
            for (Map.Entry<String, String> parameter : job.parameters().entrySet()) {
                Optional<Template> template = parsed(parameter.getValue());
                if (template.isPresent() && template.get().calendarAt() >= 0 && !calendar) {
                    found.add(dateProblem(job, parameter.getKey(), "counts business days", "calendar"));
                } else if (template.isPresent() && template.get().zonedAt() >= 0 && zones > 1) {
                    found.add(dateProblem(job, parameter.getKey(), "has a date of a zone", "zone"));
                }
            }
        }
    }

    private JobProblem dateProblem(JobDefinition job, String parameter, String what, String missing) {
        return JobProblem.of(
                        job.name(),
                        "parameters",
                        "parameter " + parameter + " " + what + ", but the trigger of the workflow, that of "
                                + workflow.name() + ", has no one " + missing)
                .expecting("one " + missing + " for the trigger of " + workflow.name());
    }

    private static Optional<Template> parsed(String text) {
        try {
            return Template.isPlain(text) ? Optional.empty() : Optional.of(Template.parse(text));
        } catch (ValueSyntaxException e) {
            return Optional.empty(); // reported with the job itself
        }
    }

    private void size() {
        int bytes = WorkflowRunCodec.mostBytes(workflow);
        if (bytes > WorkflowRunCodec.MOST_BYTES) {
            String text = String.format(
                    Locale.ROOT,
                    "is the first of %,d jobs of a workflow; a run of it could take %,d bytes as stored",
                    workflow.jobs().size(),
                    bytes);
            found.add(JobProblem.of(workflow.name(), "name", text)
                    .expecting(String.format(
                            Locale.ROOT,
                            "at most %,d; shorter names, fewer upstreams, fewer conditions, or two workflows",
                            WorkflowRunCodec.MOST_BYTES)));
        }
    }
}
