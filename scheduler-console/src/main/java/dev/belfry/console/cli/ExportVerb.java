package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Readings;
import dev.belfry.core.job.DefinitionYaml;
import dev.belfry.core.job.JobDefinition;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;

@Command(name = "export", description = "Prints all definitions as a YAML file that 'apply' takes.")
final class ExportVerb extends ClusterVerb {

    ExportVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        Readings<JobState> jobs = client.jobs();
        report(jobs.problems());
        List<JobDefinition> definitions = jobs.found().stream()
                .filter(job -> !job.record().deleted())
                .map(job -> job.record().definition())
                .sorted(Comparator.comparing(JobDefinition::name))
                .toList();
        String yaml = DefinitionYaml.write(definitions);
        shell.out().print(format == Format.JSON ? Documents.json(Documents.read(yaml)) : yaml);
        return jobs.problems().isEmpty() ? Exit.DONE : Exit.NO;
    }
}
