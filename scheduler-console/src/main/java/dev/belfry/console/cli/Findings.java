package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.JobProblem;
import dev.belfry.core.job.ParsedDefinitions;
import dev.belfry.core.workflow.WorkflowChecks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** What is wrong with definitions beside each other and beside the jobs of a namespace. */
final class Findings {
    private Findings() {}

    /** Everything, one line each: first what the files have at a place of theirs, then what they break elsewhere. */
    static List<String> of(List<ParsedDefinitions> files, Collection<JobDefinition> present) {
        WorkflowChecks.Findings findings = WorkflowChecks.of(files, present);
        List<String> lines = new ArrayList<>();
        findings.inFiles().forEach(error -> lines.add(error.render()));
        findings.elsewhere().stream().map(JobProblem::render).forEach(lines::add);
        return lines;
    }

    /**
     * Refuses a file that would break a workflow, or that needs what this version does not run.
     *
     * @param present the jobs that are there and stay
     */
    static void refuse(Verb verb, ParsedDefinitions file, Collection<JobDefinition> present) {
        List<String> lines = new ArrayList<>(of(List.of(file), present));
        file.later().forEach(error -> lines.add(error.render()));
        if (!lines.isEmpty()) {
            lines.forEach(verb.shell.err()::println);
            throw new NoException(file.file() + ": " + Words.count(lines.size(), "error") + "; nothing was changed");
        }
    }

    /** The jobs of a namespace that are not deleted. */
    static List<JobDefinition> present(BelfryClient client) {
        return client.jobs().found().stream()
                .map(JobState::record)
                .filter(record -> !record.deleted())
                .map(record -> record.definition())
                .toList();
    }

    /** Those but some. */
    static List<JobDefinition> without(List<JobDefinition> present, Collection<String> names) {
        Set<String> left = Set.copyOf(names);
        return present.stream().filter(job -> !left.contains(job.name())).toList();
    }
}
