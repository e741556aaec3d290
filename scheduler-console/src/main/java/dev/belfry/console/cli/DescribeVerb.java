package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.Ledgers;
import dev.belfry.console.query.Run;
import dev.belfry.console.query.Snapshot;
import dev.belfry.console.query.WorkflowView;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.workflow.BackfillId;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.SplitHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "describe",
        description = "Shows one job, agent, run, workflow run or backfill with everything that is known of it.")
final class DescribeVerb extends PastVerb {

    /** What can be described. */
    enum What {
        JOB,
        AGENT,
        RUN,
        WORKFLOW,
        BACKFILL;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "WHAT", description = "job, agent, run, workflow or backfill.")
    What what = What.JOB;

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            description =
                    "Name of the job, id or incarnation of the agent, id of the run as 'get runs' shows it, or of the"
                            + " workflow run or the backfill as 'get workflows' and 'get backfills' do.")
    String name = "";

    DescribeVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        if (what == What.WORKFLOW) {
            WorkflowView run =
                    client.workflowRun(name).map(WorkflowView::of).orElseThrow(() -> WorkflowDescription.absent(name));
            tell(WorkflowDescription.lines(run, shell.clock().instant()), WorkflowDescription.tree(run));
            return Exit.DONE;
        }
        if (what == What.BACKFILL) {
            backfill(client);
            return Exit.DONE;
        }
        Snapshot snapshot = snapshot(client);
        switch (what) {
            case JOB -> job(client, snapshot);
            case AGENT -> agent(snapshot);
            default -> run(client, snapshot);
        }
        return Exit.DONE;
    }

    private void tell(List<String> lines, Map<String, Object> tree) {
        if (format == Format.TABLE) {
            lines.forEach(this::print);
        } else {
            print(new TextTable(), tree);
        }
    }

    private void job(BelfryClient client, Snapshot snapshot) {
        JobRecord job = snapshot.job(name).orElseThrow(() -> Absent.job(name, snapshot));
        Ledgers read = JobDescription.ledgers(client, job, snapshot.now());
        report(read.problems());
        JobDescription description = JobDescription.of(job, read.byShard(), snapshot);
        tell(description.lines(), description.tree());
    }

    private void agent(Snapshot snapshot) {
        List<AgentState> found = snapshot.agents().stream()
                .filter(agent -> agent.id().equals(name)
                        || agent.facts().incarnation().name().equals(name))
                .toList();
        if (found.isEmpty()) {
            throw Absent.agent(name, snapshot);
        }
        for (AgentState agent : found) {
            Map<String, Integer> shards = new LinkedHashMap<>();
            snapshot.table().forEach((key, row) -> {
                if (row.owner().equals(agent.facts().incarnation())) {
                    shards.merge(snapshot.nameOf(key.jobUid()), 1, Integer::sum);
                }
            });
            int count = shards.values().stream().mapToInt(Integer::intValue).sum();
            Map<String, Object> tree = AgentList.tree(agent, count);
            tree.put("jobs", shards);
            List<String> lines = new ArrayList<>();
            tree.forEach((key, value) -> lines.add(String.format(java.util.Locale.ROOT, "%-12s %s", key, value)));
            tell(lines, tree);
        }
    }

    private void backfill(BelfryClient client) {
        BackfillRun backfill = client.backfills().found().stream()
                .filter(each -> each.id().toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoException(
                        "no backfill '" + name + "', or it is not kept any more; see 'belfry get backfills'"));
        Journal journal = journal(
                client, backfill.request().from(), backfill.request().to().plusMillis(1));
        List<Run> runs = Run.of(journal).stream()
                .filter(run ->
                        BackfillId.ofRun(run.id()).filter(backfill.id()::equals).isPresent())
                .toList();
        tell(BackfillList.lines(backfill, runs), BackfillList.tree(backfill, runs));
    }

    private void run(BelfryClient client, Snapshot snapshot) {
        Journal journal = journal(
                client,
                past -> past.newest(
                        snapshot.now(),
                        Optional.empty(),
                        some -> Run.of(some).stream().anyMatch(this::isAsked)));
        Optional<SplitHead> split = Optional.ofNullable(client.queue().splits().get(name));
        Optional<Run> listed = Run.of(journal).stream().filter(this::isAsked).findFirst();
        if (listed.isEmpty() && split.isPresent()) {
            tell(List.of("run " + name + " " + split.get().story()), SplitState.tree(split.get()));
            return;
        }
        Run run = listed.orElseThrow(() -> new NoException(
                "no run '" + name + "' in the journal; see 'belfry get runs'. Old runs are counted, not listed."));
        String job = snapshot.nameOf(run.jobUid());
        List<String> lines = new ArrayList<>(RunDescription.lines(run, job));
        Map<String, Object> tree = RunDescription.tree(run, job);
        split.ifPresent(parts -> {
            lines.addAll(List.of("", "It " + parts.story() + "."));
            tree.put("split", SplitState.tree(parts));
        });
        tell(lines, tree);
    }

    private boolean isAsked(Run run) {
        return run.id().equals(name);
    }
}
