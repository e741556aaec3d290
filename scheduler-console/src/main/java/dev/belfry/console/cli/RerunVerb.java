package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.command.Commanding;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rerun}: a workflow run goes on. */
@CommandLine.Command(
        name = "rerun",
        description =
                "Lets a workflow run go on: from the jobs that failed, once it has ended, or from one that is named."
                        + " What else succeeded is not run again.")
final class RerunVerb extends WritingVerb {
    @Parameters(paramLabel = "ID", description = "Id of the workflow run, as 'get workflows' shows it.")
    String id = "";

    @Option(
            names = "--job",
            paramLabel = "NAME",
            description =
                    "Run this job again, whatever its upstreams say, and decide everything that follows it again.")
    @Nullable
    String job;

    RerunVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        if (client.workflowRun(id).isEmpty()) {
            throw WorkflowDescription.absent(id);
        }
        return CommandVerbs.print(
                this,
                CommandVerbs.sent(
                        this, client, () -> new Commanding(client, asker()).rerun(id, Optional.ofNullable(job))));
    }
}
