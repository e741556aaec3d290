package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.command.Commanding;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rerun}: a workflow run goes on, or a run that has failed for good runs again. */
@CommandLine.Command(
        name = "rerun",
        description =
                "Lets a workflow run go on: from the jobs that failed, once it has ended, or from one that is named."
                        + " What else succeeded is not run again. Or runs a queued run that has failed for good once more.")
final class RerunVerb extends WritingVerb {
    @Parameters(
            paramLabel = "ID",
            description =
                    "Id of the workflow run, as 'get workflows' shows it, or of the run, as 'get dead-letters' does.")
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
        if (job == null && isDeadLetter(client)) {
            return CommandVerbs.print(
                    this, CommandVerbs.sent(this, client, () -> new Commanding(client, asker()).rerunDeadLetter(id)));
        }
        if (id.contains("/") || client.workflowRun(id).isEmpty()) {
            throw new NoException(
                    "there is no workflow run '" + id + "' and no failed run of that id, or it is not kept any"
                            + " more; see 'belfry get workflows' and 'belfry get dead-letters'");
        }
        return CommandVerbs.print(
                this,
                CommandVerbs.sent(
                        this, client, () -> new Commanding(client, asker()).rerun(id, Optional.ofNullable(job))));
    }

    private boolean isDeadLetter(BelfryClient client) {
        return client.deadLetters().found().stream()
                .anyMatch(letter -> letter.run().runId().equals(id));
    }
}
