package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.JobProblem;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Strategy;
import dev.belfry.core.value.Condition;
import dev.belfry.core.value.Template;
import dev.belfry.core.value.ValueSyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What must hold of the tasks of a workflow's jobs: that their ends are known to the master, and which outputs are handed on. */
final class TaskChecks {

    private final Map<String, JobDefinition> jobs = new TreeMap<>();
    private final List<JobProblem> found = new ArrayList<>();

    private TaskChecks(Workflow workflow) {
        workflow.jobs().forEach(job -> jobs.put(job.name(), job));
    }

    static List<JobProblem> of(Workflow workflow) {
        TaskChecks checks = new TaskChecks(workflow);
        for (JobDefinition job : workflow.jobs()) {
            checks.placement(job);
            checks.conditions(job);
            checks.references(job);
        }
        return checks.found;
    }

    private void placement(JobDefinition job) {
        if (job.placement() != Placement.QUEUED) {
            found.add(JobProblem.of(
                            job.name(),
                            "placement",
                            "is " + job.placement().name().toLowerCase(Locale.ROOT)
                                    + ": of a job in a workflow the master must learn when its run is over, and it does only"
                                    + " of queued jobs")
                    .expecting("placement: queued for every job of the workflow"));
        }
    }

    private void conditions(JobDefinition job) {
        List<Condition> conditions = job.upstreams().when();
        for (int i = 0; i < conditions.size(); i++) {
            JobProblem at = JobProblem.of(job.name(), "when", "");
            output(conditions.get(i).upstream(), job, conditions.size() > 1 ? at.at(i) : at, "");
        }
    }

    private void references(JobDefinition job) {
        for (Map.Entry<String, String> parameter : job.parameters().entrySet()) {
            for (Template.Reference reference : references(parameter.getValue())) {
                output(
                        reference.job(),
                        job,
                        JobProblem.of(job.name(), "parameters", ""),
                        "parameter " + parameter.getKey() + " ");
            }
        }
    }

    /** Whether a job sees the output of another: one that it runs directly after, and with a single task. */
    private void output(String upstream, JobDefinition job, JobProblem at, String subject) {
        JobDefinition of = jobs.get(upstream);
        List<String> after = job.upstreams().after();
        if (of == null || !after.contains(upstream)) {
            found.add(JobProblem.of(
                            at.job(),
                            at.key(),
                            subject + "looks at the output of " + upstream
                                    + ", after which the job does not run directly")
                    .at(at.item())
                    .expecting(
                            after.isEmpty() ? "after, with " + upstream : "one of after: " + String.join(", ", after)));
            return;
        }
        boolean everywhere = of.strategy() == Strategy.BROADCAST;
        if (everywhere || of.shards().count() > 1) {
            String tasks = everywhere ? "a task for every agent" : of.shards().count() + " shards";
            found.add(JobProblem.of(
                            at.job(),
                            at.key(),
                            subject + "looks at the output of " + upstream + ", which has " + tasks
                                    + ", and only a job with one task hands on an output")
                    .at(at.item())
                    .expecting(
                            "an upstream with one shard, such as a job between them that sums up what the shards did"));
        }
    }

    private static List<Template.Reference> references(String text) {
        try {
            return Template.isPlain(text) ? List.of() : Template.parse(text).upstreams();
        } catch (ValueSyntaxException e) {
            return List.of(); // reported with the job itself
        }
    }
}
