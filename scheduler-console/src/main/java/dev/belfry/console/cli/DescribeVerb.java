package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.Ledgers;
import dev.belfry.console.query.JobText;
import dev.belfry.console.query.Run;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.job.DefinitionYaml;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "describe", description = "Shows one job, agent or run with everything that is known of it.")
final class DescribeVerb extends ClusterVerb {

    /** What can be described. */
    enum What {
        JOB,
        AGENT,
        RUN;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "WHAT", description = "job, agent or run.")
    What what = What.JOB;

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            description = "Name of the job, id or incarnation of the agent, id of the run as 'get runs' shows it.")
    String name = "";

    DescribeVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        Snapshot snapshot = Snapshot.read(client, shell.clock().instant());
        switch (what) {
            case JOB -> job(client, snapshot);
            case AGENT -> agent(snapshot);
            case RUN -> run(client.journal(), snapshot);
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

    // --- a job

    private void job(BelfryClient client, Snapshot snapshot) {
        JobRecord job = snapshot.job(name).orElseThrow(() -> Absent.job(name, snapshot));
        JobVersion current = job.at(snapshot.now());
        boolean broadcast = current.definition().placement() == Placement.BROADCAST;
        Ledgers read = client.ledgers(job.uid(), broadcast ? 0 : current.layout());
        report(read.problems());
        Map<String, LedgerRecord> ledgers = read.byShard();
        List<String> lines = new ArrayList<>();
        lines.add(job.name() + " (" + job.uid() + "): " + JobText.state(job, snapshot.now()) + ", "
                + JobText.triggers(job.definition()));
        JobText.next(job, snapshot.now())
                .ifPresent(next -> lines.add("next fire " + next + ", " + Times.relative(next, snapshot.now())));
        lines.add("");
        lines.add(DefinitionYaml.write(List.of(job.definition())).stripTrailing());
        lines.add("");
        lines.add(versions(job, snapshot.now()).render().stripTrailing());
        lines.add("");
        lines.add(
                ledgers.isEmpty()
                        ? "No shard has recorded anything yet."
                        : ledgers(ledgers, snapshot.now()).render().stripTrailing());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", job.name());
        tree.put("uid", job.uid());
        tree.put("state", JobText.state(job, snapshot.now()));
        tree.put(
                "next", JobText.next(job, snapshot.now()).map(Instant::toString).orElse(null));
        tree.put("definition", DefinitionYaml.write(List.of(job.definition())));
        tree.put(
                "versions",
                job.versions().stream().map(DescribeVerb::versionTree).toList());
        tree.put("requests", job.requests().stream().map(r -> r.runId()).toList());
        Map<String, Object> shards = new LinkedHashMap<>();
        ledgers.forEach((shard, ledger) -> shards.put(shard, ledgerTree(ledger)));
        tree.put("shards", shards);
        tell(lines, tree);
    }

    private static TextTable versions(JobRecord job, Instant now) {
        TextTable table = new TextTable(">VERSION", "FROM", "", ">LAYOUT", "PAUSED", "BY", "REASON");
        for (JobVersion version : job.versions()) {
            table.row(
                    version.number(),
                    Times.instant(version.from()),
                    Times.relative(version.from(), now),
                    version.layout(),
                    version.paused() ? "yes" : "no",
                    version.author().name(),
                    version.author().reason());
        }
        return table;
    }

    private static Map<String, Object> versionTree(JobVersion version) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("number", version.number());
        one.put("from", version.from().toString());
        one.put("layout", version.layout());
        one.put("paused", version.paused());
        one.put("origin", version.author().origin().name().toLowerCase(java.util.Locale.ROOT));
        one.put("by", version.author().name());
        one.put("reason", version.author().reason());
        return one;
    }

    private static TextTable ledgers(Map<String, LedgerRecord> ledgers, Instant now) {
        TextTable table =
                new TextTable("SHARD", "FINAL UP TO", "OPEN ABOVE", "LAST OUTCOME", "REASON", "ENDED", "RECORDED BY");
        ledgers.forEach((shard, ledger) -> {
            RecentOutcome last =
                    ledger.recent().isEmpty() ? null : ledger.recent().get(0);
            table.row(
                    shard,
                    Times.instant(ledger.mark()),
                    ledger.above().size(),
                    last == null ? "" : last.outcome().text(),
                    last == null ? "" : last.reason(),
                    last == null ? "" : Times.relative(last.ended(), now),
                    ledger.writer());
        });
        return table;
    }

    private static Map<String, Object> ledgerTree(LedgerRecord ledger) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("finalUpTo", ledger.mark().toString());
        one.put("writer", ledger.writer());
        List<Map<String, Object>> recent = new ArrayList<>();
        for (RecentOutcome outcome : ledger.recent()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("due", outcome.due().toString());
            each.put("fires", outcome.count());
            each.put("outcome", outcome.outcome().text());
            each.put("reason", outcome.reason());
            each.put("attempt", outcome.attempt());
            each.put("incarnation", outcome.incarnation());
            recent.add(each);
        }
        one.put("recent", recent);
        return one;
    }

    // --- an agent

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
            String role = agent.master() ? "master" : agent.facts().standby() ? "standby" : "agent";
            String state = agent.drained() || agent.facts().draining() ? "draining" : "active";
            int count = shards.values().stream().mapToInt(Integer::intValue).sum();
            Map<String, Object> tree = GetVerb.agentTree(agent, role, state, count);
            tree.put("jobs", shards);
            List<String> lines = new ArrayList<>();
            tree.forEach((key, value) -> lines.add(String.format(java.util.Locale.ROOT, "%-12s %s", key, value)));
            tell(lines, tree);
        }
    }

    // --- a run

    private void run(Journal journal, Snapshot snapshot) {
        Run run = Run.of(journal).stream()
                .filter(one -> one.id().equals(name))
                .findFirst()
                .orElseThrow(() -> new NoException("no run '" + name
                        + "' in the journal; see 'belfry get runs'. Old runs are counted, not listed."));
        String job = snapshot.nameOf(run.jobUid());
        TextTable table = new TextTable(
                "SHARD", "WHAT", ">ATTEMPT", "TOKEN", "STARTED", "ENDED", "OUTCOME", "REASON", "INCARNATION");
        for (Journal.Line line : run.lines()) {
            FireEntry entry = line.entry();
            table.row(
                    entry.shard(),
                    entry.kind().name().toLowerCase(java.util.Locale.ROOT),
                    entry.attempt(),
                    entry.token(),
                    Times.instant(entry.started()),
                    Times.instant(entry.ended()),
                    entry.kind() == FireEntry.Kind.STARTED
                            ? ""
                            : entry.outcome().text(),
                    entry.reason(),
                    line.writer());
        }
        tell(
                List.of(
                        "run " + run.id() + " of " + job + ": " + run.state() + ", due "
                                + run.fire().due(),
                        "",
                        table.render().stripTrailing()),
                runTree(run, job));
    }

    static Map<String, Object> runTree(Run run, String job) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("run", run.id());
        tree.put("job", job);
        tree.put("due", run.fire().due().toString());
        tree.put("fires", run.count());
        tree.put("state", run.state());
        tree.put("attempts", run.attempts());
        Map<String, Object> shards = new LinkedHashMap<>();
        run.shards().forEach((shard, entry) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("kind", entry.kind().name().toLowerCase(java.util.Locale.ROOT));
            one.put("outcome", entry.outcome().text());
            one.put("reason", entry.reason());
            one.put("attempt", entry.attempt());
            one.put("token", Long.toString(entry.token()));
            shards.put(shard, one);
        });
        tree.put("shards", shards);
        return tree;
    }
}
