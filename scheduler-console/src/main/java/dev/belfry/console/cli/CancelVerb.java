package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.command.Commanding;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code cancel}: what runs of a run is told to stop, what waits ends at once, and nothing of it is tried again. */
@CommandLine.Command(
        name = "cancel",
        description =
                "Cancels a run on every shard: what runs is told to stop, what waits ends, nothing is tried again.")
final class CancelVerb extends WritingVerb {
    @Parameters(index = "0", paramLabel = "JOB", description = "Name of the job.")
    String job = "";

    @Parameters(
            index = "1",
            paramLabel = "RUN",
            description = "Id of the run, as 'get runs' shows it, or the instant at which it was due.")
    String run = "";

    CancelVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        return CommandVerbs.print(
                this, CommandVerbs.sent(this, client, () -> new Commanding(client, asker()).cancel(job, run)));
    }
}
