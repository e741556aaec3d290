package dev.belfry.core.workflow;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.value.Due;
import dev.belfry.core.value.Output;
import dev.belfry.core.value.ResolvedParameters;
import dev.belfry.core.value.Surroundings;
import dev.belfry.core.value.Template;
import dev.belfry.core.value.ValueSyntaxException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The parameters of an attempt: those of the definition, with what they refer to, and over them those that the run was given.
 * These stand for themselves, whatever is in them. Pure functions.
 */
public final class RunParameters {

    private static final ResolvedParameters NOTHING = new ResolvedParameters(Map.of(), List.of());

    private RunParameters() {}

    /**
     * Those of a run outside of workflows: there are no outputs, and dates are counted by the job's own trigger.
     *
     * @param due when the run was due, or asked for
     * @param given with the request of the run
     */
    public static ResolvedParameters alone(JobDefinition job, Instant due, Map<String, String> given) {
        Map<String, String> referring = referring(job, given);
        ResolvedParameters found = referring.isEmpty()
                ? NOTHING
                : ResolvedParameters.of(referring, new Surroundings(WorkflowDates.of(job, job, due), Map.of()));
        return new ResolvedParameters(merged(job, given, found), found.problems());
    }

    /**
     * Those of a run within a workflow run.
     *
     * @param root any root of the workflow, as defined when the workflow run was due; empty if it is not known any more
     * @param due when the workflow run was due, or asked for
     * @param given with the request of the run
     * @param outputs of the direct upstreams that have one, by name
     */
    public static ResolvedParameters within(
            JobDefinition job,
            Optional<JobDefinition> root,
            Instant due,
            Map<String, String> given,
            Map<String, Output> outputs) {
        Map<String, String> referring = referring(job, given);
        List<String> problems = new ArrayList<>();
        if (root.isEmpty()) {
            for (String name : countedByRoot(job, referring)) {
                referring.remove(name);
                problems.add(
                        "parameter " + name + ": the job by whose trigger its dates are counted is not known any more");
            }
        }
        // What is left does not ask for a zone if there is no root.
        Due from = root.isEmpty() && driven(job)
                ? new Due(due, ZoneOffset.UTC, Optional.empty())
                : WorkflowDates.of(job, root.orElse(job), due);
        ResolvedParameters found =
                referring.isEmpty() ? NOTHING : ResolvedParameters.of(referring, new Surroundings(from, outputs));
        problems.addAll(found.problems());
        return new ResolvedParameters(merged(job, given, found), problems);
    }

    /** Whether {@link #within} asks for a root of the workflow. */
    public static boolean askForRoot(JobDefinition job, Map<String, String> given) {
        return !countedByRoot(job, referring(job, given)).isEmpty();
    }

    private static Map<String, String> merged(JobDefinition job, Map<String, String> given, ResolvedParameters found) {
        Map<String, String> values = new TreeMap<>(job.parameters());
        values.values().removeIf(text -> !Template.isPlain(text));
        values.putAll(found.values());
        values.putAll(given);
        return values;
    }

    /** Parameters of the definition with a reference in them that the run does not set itself. */
    private static Map<String, String> referring(JobDefinition job, Map<String, String> given) {
        Map<String, String> referring = new TreeMap<>();
        job.parameters().forEach((name, text) -> {
            if (!Template.isPlain(text) && !given.containsKey(name)) {
                referring.put(name, text);
            }
        });
        return referring;
    }

    private static boolean driven(JobDefinition job) {
        return !job.upstreams().after().isEmpty() && job.schedule().manualOnly();
    }

    /** The names of those whose result depends on zone or calendar of the trigger of the workflow. */
    private static List<String> countedByRoot(JobDefinition job, Map<String, String> referring) {
        return driven(job)
                ? referring.entrySet().stream()
                        .filter(each -> isTimed(each.getValue()))
                        .map(Map.Entry::getKey)
                        .toList()
                : List.of();
    }

    private static boolean isTimed(String text) {
        try {
            Template template = Template.parse(text);
            return template.zonedAt() >= 0 || template.calendarAt() >= 0;
        } catch (ValueSyntaxException e) {
            return false; // told when it is resolved
        }
    }
}
