package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.Ledgers;
import dev.belfry.agent.client.QueueState;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.console.query.BackfillStory;
import dev.belfry.console.query.Explanation;
import dev.belfry.console.query.Snapshot;
import dev.belfry.console.query.WorkflowView;
import dev.belfry.core.job.Placement;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.BackfillRun;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description = "Says why a job ran, did not run, waits, or when it will, as a chain of facts.")
final class ExplainVerb extends PastVerb {

    @Parameters(paramLabel = "JOB", description = "Name of the job.")
    String job = "";

    @Option(
            names = "--at",
            paramLabel = "INSTANT",
            description =
                    "The fire at this instant, or the last one before it, and what was true then; if it is to come, what will be"
                            + " due. Default: now.")
    @Nullable
    Instant at;

    @Option(
            names = "--shard",
            paramLabel = "N",
            description = "One shard with all its attempts: its number, or the agent's id for a broadcast job.")
    @Nullable
    String shard;

    ExplainVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        Snapshot snapshot = snapshot(client);
        JobRecord present = snapshot.job(job).orElseThrow(() -> Absent.job(job, snapshot));
        Instant when = at == null ? snapshot.now() : at;
        JobRecord record = ofItsTime(present, when);
        JobVersion version = record.at(when);
        boolean broadcast = version.definition().placement() == Placement.BROADCAST;
        if (shard != null && !broadcast) {
            requireShard(shard, version);
        }
        QueueState queue = isQueued(record) ? client.queue() : QueueState.NONE;
        Journal journal = journal(client, past -> past.about(record, when));
        report(queue.problems());
        Ledgers ledgers = client.ledgers(record.uid(), broadcast ? 0 : version.layout());
        report(snapshot.problems());
        report(ledgers.problems());
        Explanation told = Explanation.of(
                        snapshot,
                        journal,
                        record,
                        ledgers.byShard(),
                        queue,
                        workflows(client, version),
                        when,
                        Optional.ofNullable(shard))
                .and(isQueued(record) ? BackfillStory.of(backfills(client), record, when) : List.of());
        if (format == Format.TABLE) {
            told.sentences().forEach(this::print);
        } else {
            print(new TextTable(), ExplanationTree.of(told, when, snapshot.now()));
        }
        return Exit.DONE;
    }

    private List<BackfillRun> backfills(BelfryClient client) {
        Readings<BackfillRun> backfills = client.backfills();
        report(backfills.problems());
        return backfills.found();
    }

    private List<WorkflowView> workflows(BelfryClient client, JobVersion version) {
        if (version.definition().upstreams().after().isEmpty()) {
            return List.of();
        }
        Readings<WorkflowRunState> runs = client.workflowRuns();
        report(runs.problems());
        return runs.found().stream().map(WorkflowView::of).toList();
    }

    private static boolean isQueued(JobRecord job) {
        return job.versions().stream().anyMatch(version -> version.definition().placement() == Placement.QUEUED);
    }

    /** The job that had the name then: the present one, or one that was deleted since. */
    private static JobRecord ofItsTime(JobRecord present, Instant when) {
        if (!when.isBefore(present.versions().get(0).from())) {
            return present;
        }
        return present.former().stream()
                .filter(former -> !when.isBefore(former.versions().get(0).from()))
                .findFirst()
                .orElse(present);
    }

    private void requireShard(String text, JobVersion version) {
        int count = version.definition().shards().count();
        if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) >= count) {
            throw new NoException("job '" + job + "' has shards 0 to " + (count - 1) + ", not '" + text + "'");
        }
    }
}
