package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.CommandState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.Ledgers;
import dev.belfry.agent.client.QueueState;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.console.query.QueueView;
import dev.belfry.console.query.Run;
import dev.belfry.console.query.Snapshot;
import dev.belfry.console.query.WorkflowView;
import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.BackfillRun;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
        name = "get",
        description =
                "Lists jobs, agents, shards, runs, what is in the queue, workflow runs, backfills, runs that have failed for good, or commands.")
final class GetVerb extends PastVerb {

    /** What can be listed. */
    enum What {
        JOBS,
        AGENTS,
        SHARDS,
        RUNS,
        QUEUE,
        WORKFLOWS,
        BACKFILLS,
        DEAD_LETTERS,
        COMMANDS;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    @Parameters(
            paramLabel = "WHAT",
            description = "jobs, agents, shards, runs, queue, workflows, backfills, dead-letters or commands.")
    What what = What.JOBS;

    @Option(
            names = "--job",
            paramLabel = "NAME",
            description = "Shards, runs, workflow runs, backfills and what is queued of this job only.")
    @Nullable
    String job;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description =
                    "Most runs, workflow runs, backfills or commands listed, newest first, or tasks that wait. Default: 20.")
    int limit = 20;

    @Option(names = "--all", description = "List deleted jobs, too.")
    boolean all;

    GetVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        if (what == What.COMMANDS) {
            Readings<CommandState> commands = client.commands();
            report(commands.problems());
            list(CommandList.of(commands.found(), shell.clock().instant(), limit));
            return commands.problems().isEmpty() ? Exit.DONE : Exit.NO;
        }
        if (what == What.WORKFLOWS) {
            Readings<WorkflowRunState> runs = client.workflowRuns();
            report(runs.problems());
            List<WorkflowView> views =
                    runs.found().stream().map(WorkflowView::of).toList();
            list(WorkflowList.of(views, job, limit, shell.clock().instant()));
            return runs.problems().isEmpty() ? Exit.DONE : Exit.NO;
        }
        if (what == What.BACKFILLS) {
            Readings<BackfillRun> backfills = client.backfills();
            report(backfills.problems());
            list(BackfillList.of(backfills.found(), job, limit, shell.clock().instant()));
            return backfills.problems().isEmpty() ? Exit.DONE : Exit.NO;
        }
        Snapshot snapshot = snapshot(client);
        report(snapshot.problems());
        if (job != null && snapshot.job(job).isEmpty()) {
            throw Absent.job(job, snapshot);
        }
        list(
                switch (what) {
                    case JOBS -> jobs(client, snapshot);
                    case AGENTS -> AgentList.of(snapshot);
                    case SHARDS -> ShardList.of(snapshot, job);
                    case QUEUE -> queue(client, snapshot);
                    case DEAD_LETTERS -> deadLetters(client, snapshot);
                    default -> runs(client, snapshot);
                });
        return snapshot.problems().isEmpty() ? Exit.DONE : Exit.NO;
    }

    private Listing jobs(BelfryClient client, Snapshot snapshot) {
        return new JobList(snapshot, record -> {
                    Ledgers ledgers = JobDescription.ledgers(client, record, snapshot.now());
                    report(ledgers.problems());
                    return ledgers.byShard().values();
                })
                .list(all);
    }

    private Listing queue(BelfryClient client, Snapshot snapshot) {
        QueueState state = client.queue();
        report(state.problems());
        if (!state.gate().open()) {
            warn("the queue takes no more runs: it held " + state.gate().queued() + ", and the bound is "
                    + state.gate().bound());
        }
        QueueView queue = QueueView.of(state, snapshot);
        if (format == Format.TABLE && job == null && queue.waiting() > limit) {
            warn(queue.waiting() + " tasks wait; the first " + limit + " are listed, --limit lists more");
        }
        return QueueList.of(queue, job, limit, snapshot.now());
    }

    private Listing deadLetters(BelfryClient client, Snapshot snapshot) {
        Readings<DeadLetter> letters = client.deadLetters();
        report(letters.problems());
        return DeadLetterList.of(letters.found(), snapshot, job, limit);
    }

    private Listing runs(BelfryClient client, Snapshot snapshot) {
        Optional<String> only = Optional.ofNullable(job).flatMap(snapshot::job).map(JobRecord::uid);
        // One more: that the last one is listed with all its lines.
        Journal journal = journal(
                client,
                past -> past.newest(snapshot.now(), only, some -> Run.of(some).size() > limit));
        return RunList.of(journal, QueueView.of(client.queue(), snapshot), snapshot, job, limit);
    }

    private static String empty(What what) {
        return switch (what) {
            case WORKFLOWS -> "workflow runs";
            case DEAD_LETTERS -> "runs that have failed for good";
            default -> what.toString();
        };
    }

    /** Prints a list; of an empty one it says so, since a namespace may have been mistyped. */
    private void list(Listing list) {
        if (list.tree().isEmpty() && format == Format.TABLE) {
            String empty = what == What.QUEUE ? "there is nothing in the queue" : "there are no " + empty(what);
            warn(empty + (job == null ? "" : " of job '" + job + "'") + " in namespace '" + namespaceName()
                    + "'; --namespace names another");
        } else {
            print(list.table(), list.tree());
        }
    }
}
