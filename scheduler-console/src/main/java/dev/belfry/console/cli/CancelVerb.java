package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.console.command.Commanding;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code cancel}: what runs of a run is told to stop, what waits ends at once, and nothing of it is tried again. */
@CommandLine.Command(
        name = "cancel",
        description =
                "Cancels a run on every shard: what runs is told to stop, what waits ends, nothing is tried again.")
final class CancelVerb extends WritingVerb {
    @Parameters(
            arity = "1..2",
            paramLabel = "[JOB] RUN",
            hideParamSyntax = true,
            description =
                    "Name of the job, and id of the run, as 'get runs' shows it, or the instant at which it was due. With an id"
                            + " the job need not be named.")
    List<String> words = List.of();

    CancelVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        String run = words.get(words.size() - 1);
        String job = words.size() > 1 ? words.get(0) : jobOf(client, run);
        return CommandVerbs.print(
                this, CommandVerbs.sent(this, client, () -> new Commanding(client, asker()).cancel(job, run)));
    }

    /** The job whose uid the id of a run begins with. */
    private String jobOf(BelfryClient client, String run) {
        int end = Math.max(run.lastIndexOf('@'), run.indexOf('!'));
        String uid = end < 0 ? "" : run.substring(0, end);
        return client.jobs().found().stream()
                .filter(job -> job.record().uid().equals(uid))
                .map(JobState::name)
                .findFirst()
                .orElseThrow(
                        () -> new NoException(
                                "no run '" + run
                                        + "' of a job that is there; 'belfry get runs' and 'belfry get queue' list them with their ids"));
    }
}
