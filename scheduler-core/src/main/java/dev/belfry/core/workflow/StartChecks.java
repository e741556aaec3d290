package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.JobProblem;
import dev.belfry.core.job.Placement;
import dev.belfry.core.schedule.DelayTrigger;
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

/** What must hold within one workflow, so that it starts as a whole and every job of it can run. */
final class StartChecks {

    private final Workflow workflow;
    private final List<JobProblem> found = new ArrayList<>();

    private StartChecks(Workflow workflow) {
        this.workflow = workflow;
    }

    static List<JobProblem> of(Workflow workflow) {
        StartChecks checks = new StartChecks(workflow);
        checks.roots();
        checks.upstreamPlacements();
        if (checks.found.isEmpty()) {
            checks.gates();
            checks.dates();
            checks.size();
        }
        return checks.found;
    }

    private void roots() {
        List<JobDefinition> roots = workflow.roots();
        JobDefinition lead = roots.stream()
                .filter(root -> !root.schedule().manualOnly())
                .findFirst()
                .orElse(roots.get(0));
        for (JobDefinition root : roots) {
            if (root.schedule().equals(lead.schedule())) {
                continue;
            }
            if (root.schedule().manualOnly()) {
                found.add(JobProblem.of(
                                root.name(),
                                "trigger",
                                "would never run: the workflow starts with the trigger of " + lead.name()
                                        + ", and this job has none and runs after no other")
                        .expecting("the trigger of " + lead.name() + ", or after"));
            } else {
                found.add(JobProblem.of(
                                root.name(),
                                "trigger",
                                "differs from the trigger of " + lead.name()
                                        + ", and both would start the same workflow")
                        .expecting(
                                "the same trigger for both, or one of them after the other; with after its own trigger"
                                        + " holds it back until it fires"));
            }
        }
    }

    /** A job that others wait for must have runs of which one can tell when they are over. */
    private void upstreamPlacements() {
        for (JobDefinition root : workflow.roots()) {
            if (root.placement() == Placement.BROADCAST) {
                found.add(JobProblem.of(
                                root.name(),
                                "placement",
                                "has no fixed set of shards, since they are the agents, so " + followerOf(root)
                                        + " could not tell when its run is over")
                        .expecting("sticky or queued for a job that others run after"));
            }
            boolean paced = root.schedule().triggers().get(0) instanceof DelayTrigger;
            if (root.placement() == Placement.STICKY && paced && root.shards().count() > 1) {
                found.add(JobProblem.of(
                                root.name(),
                                "trigger",
                                "is a delay, which every shard of a sticky job counts for itself, so "
                                        + followerOf(root) + " could not tell which fires are one run")
                        .expecting("one shard, cron, every or at, or placement: queued"));
            }
        }
    }

    private String followerOf(JobDefinition root) {
        return workflow.jobs().stream()
                .filter(job -> job.upstreams().after().contains(root.name()))
                .map(JobDefinition::name)
                .findFirst()
                .orElse("nobody");
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
