package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.Readings;
import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.console.command.Commanding;
import dev.belfry.console.history.Past;
import dev.belfry.console.query.BackfillRecords;
import dev.belfry.console.query.Snapshot;
import dev.belfry.console.query.WorkflowView;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.Backfill;
import dev.belfry.core.workflow.Backfill.Expansion;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRequest;
import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRequest.Order;
import dev.belfry.core.workflow.BackfillRequest.Reprocess;
import dev.belfry.core.workflow.Chosen;
import dev.belfry.core.workflow.WorkflowGraph;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backfill}: the instants of a schedule in a range, run on demand. */
@Command(
        name = "backfill",
        description =
                "Runs the instants of a job's schedule in a range of time, past or future, through the queue; of the first job"
                        + " of a workflow, the whole workflow for each. What a dry run prints is what happens.")
final class BackfillVerb extends PastVerb {

    /** What of the recorded runs again, as it is written. */
    enum Again {
        NONE,
        FAILED,
        ALL;

        @Override
        public String toString() {
            return BackfillOrder.word(this);
        }
    }

    /** Which come first, as it is written. */
    enum First {
        OLDEST_FIRST,
        NEWEST_FIRST;

        @Override
        public String toString() {
            return BackfillOrder.word(this);
        }
    }

    /** What happens while another run of the job is under way, as it is written. */
    enum Meanwhile {
        WAIT,
        ALLOW,
        SKIP;

        @Override
        public String toString() {
            return BackfillOrder.word(this);
        }
    }

    @Parameters(paramLabel = "JOB", description = "Name of the job.")
    String job = "";

    @Option(names = "--from", required = true, paramLabel = "INSTANT", description = "The first instant that counts.")
    Instant from = Instant.EPOCH;

    @Option(names = "--to", required = true, paramLabel = "INSTANT", description = "The last instant that counts.")
    Instant to = Instant.EPOCH;

    @Option(
            names = "--reprocess",
            paramLabel = "WHAT",
            description =
                    "Which of the instants that have run are run again: none (default), failed or all. Those that were missed or"
                            + " skipped always are; those that are queued or under way never.")
    Again reprocess = Again.NONE;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = "Which come first: oldest-first (default) or newest-first.")
    First order = First.OLDEST_FIRST;

    @Option(
            names = "--overlap",
            paramLabel = "WHAT",
            description =
                    "While another run of the job is under way: wait; allow, run beside it, and let the schedule do the same; or skip"
                            + " the instant. Default: allow for a job that allows it itself, else wait.")
    @Nullable
    Meanwhile overlap;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "How many runs of this backfill are under way at once, 1 to 1000. Default: 1.")
    int concurrency = 1;

    @Option(
            names = "--most",
            paramLabel = "N",
            description = "Refuse the backfill if the range holds more instants, at most 100000. Default: 10000.")
    int most = BackfillRequest.USUAL_MOST;

    @Option(names = "--dry-run", description = "Print the instants and what would become of each; write nothing.")
    boolean dryRun;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Name of this request, of your choice: a repeat with the same key is the same backfill.")
    @Nullable
    String key;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Who asks for it; kept with the backfill. Default: the user of this machine.")
    String author = System.getProperty("user.name", "unknown");

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the command.")
    String reason = "";

    BackfillVerb(Shell shell) {
        super(shell);
    }

    @Override
    boolean writes() {
        return !dryRun;
    }

    @Override
    void check() {
        try {
            request(OverlapPolicy.SKIP);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private BackfillRequest request(OverlapPolicy own) {
        Beside usual = own == OverlapPolicy.ALLOW ? Beside.ALLOW : Beside.WAIT;
        return new BackfillRequest(
                from,
                to,
                Reprocess.valueOf(reprocess.name()),
                Order.valueOf(order.name()),
                overlap == null ? usual : Beside.valueOf(overlap.name()),
                concurrency,
                most);
    }

    @Override
    int ask(BelfryClient client) {
        Snapshot snapshot = snapshot(client);
        report(snapshot.problems());
        JobRecord record = snapshot.job(job).orElseThrow(() -> Absent.job(job, snapshot));
        BackfillRequest request = request(record.definition().overlap().policy());
        Optional<String> refusal = Backfill.refusal(record);
        if (refusal.isPresent()) {
            throw new NoException(refusal.get());
        }
        Expansion expansion = Backfill.expand(record, request, records(client, snapshot, record, request));
        if (expansion instanceof Expansion.Refused refused) {
            throw new NoException(refused.reason());
        }
        Expansion.Fires fires = (Expansion.Fires) expansion;
        if (dryRun || fires.toRun().isEmpty()) {
            tell(fires);
            return Exit.DONE;
        }
        Chosen chosen = fires.chosen(request.order());
        BackfillOrder wanted = new BackfillOrder(request, record.newest().number(), chosen);
        return CommandVerbs.print(
                this,
                CommandVerbs.sent(
                        this,
                        client,
                        () -> new Commanding(client, new BelfryClient.Asker(author, reason))
                                .backfill(job, wanted, Optional.ofNullable(key))));
    }

    private BackfillRecords records(BelfryClient client, Snapshot snapshot, JobRecord record, BackfillRequest request) {
        BackfillRecords records = new BackfillRecords(record, members(snapshot, record));
        // What is queued is read first: what ends meanwhile then shows as queued, or in the journal, and not as
        // neither.
        records.with(client.queue());
        Readings<WorkflowRunState> workflows = client.workflowRuns();
        records.with(workflows.found().stream().map(WorkflowView::of).toList());
        if (request.reprocess() == Reprocess.ALL) {
            return records;
        }
        Journal journal = journal(client, from, to.plusMillis(1));
        records.unknown(record, journal, request, past().flatMap(Past::completeSince))
                .ifPresent(why -> {
                    throw new NoException(
                            why + ", so that nobody can tell which instants have run; --reprocess all runs them"
                                    + " all, or choose a range of which everything is listed"
                                    + (past().isPresent() ? "" : ", or name the history with --database"));
                });
        return records.with(journal);
    }

    /** The uids of the jobs of the workflow that the job begins. */
    private static Set<String> members(Snapshot snapshot, JobRecord record) {
        List<JobRecord> present = snapshot.jobs().stream()
                .map(state -> state.record())
                .filter(each -> !each.deleted())
                .toList();
        Set<String> names = WorkflowGraph.of(
                        present.stream().map(JobRecord::definition).toList())
                .workflow(record.name())
                .map(workflow ->
                        workflow.jobs().stream().map(JobDefinition::name).collect(Collectors.toSet()))
                .orElse(Set.of());
        Set<String> uids = present.stream()
                .filter(each -> names.contains(each.name()))
                .map(JobRecord::uid)
                .collect(Collectors.toSet());
        uids.add(record.uid());
        return uids;
    }

    private void tell(Expansion.Fires fires) {
        TextTable table = new TextTable("DUE", "RUNS", "WHY");
        List<Map<String, Object>> instants = new ArrayList<>();
        for (Backfill.Fire fire : fires.fires()) {
            table.row(Times.instant(fire.due()), fire.runs() ? "yes" : "no", fire.reason());
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("due", Times.iso(fire.due()));
            one.put("runs", fire.runs());
            one.put("why", fire.reason());
            instants.add(one);
        }
        int runs = fires.toRun().size();
        if (format == Format.TABLE) {
            if (!fires.fires().isEmpty()) {
                print(table.render().stripTrailing());
            }
            print(Words.count(fires.fires().size(), "instant") + " in the range, " + runs + " to be run"
                    + (dryRun ? "; nothing was written" : ": there is nothing to do"));
        } else {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("instants", instants);
            tree.put("all", fires.fires().size());
            tree.put("toRun", runs);
            print(new TextTable(), tree);
        }
    }
}
