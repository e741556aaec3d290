package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.command.Commanding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code forget}: a run that has failed for good is not listed with the dead letters any more. */
@Command(
        name = "forget",
        description =
                "Lets go of a run that has failed for good, so that it is not listed with the dead letters any more.")
final class ForgetVerb extends WritingVerb {
    @Parameters(paramLabel = "RUN", description = "Id of the run, as 'get dead-letters' shows it.")
    String run = "";

    ForgetVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        return CommandVerbs.print(
                this, CommandVerbs.sent(this, client, () -> new Commanding(client, asker()).forget(run)));
    }
}
