package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.JobState;
import dev.belfry.console.command.Commanding;
import dev.belfry.core.workflow.BackfillId;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code cancel}: what runs of a run is told to stop, what waits ends at once, and nothing of it is tried again. */
@CommandLine.Command(
        name = "cancel",
        description =
                "Cancels a run on every shard, a workflow run with all of its jobs, or a backfill: what runs is told to stop, what waits ends,"
                        + " nothing is tried again.")
final class CancelVerb extends WritingVerb {
    @Parameters(
            arity = "1..2",
            paramLabel = "[JOB] RUN",
            hideParamSyntax = true,
            description =
                    "Name of the job, and id of the run, as 'get runs' shows it, or the instant at which it was due. With an id"
                            + " the job need not be named. Or the id of a workflow run or of a backfill, as 'get workflows' and 'get backfills' show it, without a job.")
    List<String> words = List.of();

    /** The id of a job's run within a workflow run: {@code <workflow run id>:<job>:<attempt>}. */
    private static final Pattern OF_WORKFLOW = Pattern.compile(".+:([^:]+):[0-9]+");

    CancelVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        String run = words.get(words.size() - 1);
        if (words.size() == 1 && BackfillId.parse(run).isPresent()) {
            return CommandVerbs.print(
                    this, CommandVerbs.sent(this, client, () -> new Commanding(client, asker()).cancelBackfill(run)));
        }
        if (words.size() == 1 && isWorkflow(client, run)) {
            return CommandVerbs.print(
                    this, CommandVerbs.sent(this, client, () -> new Commanding(client, asker()).cancelWorkflow(run)));
        }
        String job = words.size() > 1 ? words.get(0) : jobOf(client, run);
        return CommandVerbs.print(
                this, CommandVerbs.sent(this, client, () -> new Commanding(client, asker()).cancel(job, run)));
    }

    /** The run of a root with a short name may have the id of its workflow run; with an id alone that is meant. */
    private static boolean isWorkflow(BelfryClient client, String run) {
        return !run.contains("/") && client.workflowRun(run).isPresent();
    }

    /** The job whose uid the id of a run begins with, or that it names as one of a workflow run. */
    private String jobOf(BelfryClient client, String run) {
        Matcher ofWorkflow = OF_WORKFLOW.matcher(run);
        if (ofWorkflow.matches() && client.job(ofWorkflow.group(1)).isPresent()) {
            return ofWorkflow.group(1);
        }
        int asked = run.indexOf('!');
        int end = asked < 0 ? run.indexOf('@') : asked;
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
