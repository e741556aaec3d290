package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.CommandState;
import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.Journal;
import dev.belfry.agent.client.Readings;
import dev.belfry.console.query.JobText;
import dev.belfry.console.query.Run;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Placement;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.version.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(name = "get", description = "Lists jobs, agents, shards, runs or commands.")
final class GetVerb extends ClusterVerb {

    /** What can be listed. */
    enum What {
        JOBS,
        AGENTS,
        SHARDS,
        RUNS,
        COMMANDS;

        /** As it is written on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "WHAT", description = "jobs, agents, shards, runs or commands.")
    What what = What.JOBS;

    @Option(names = "--job", paramLabel = "NAME", description = "Shards and runs of this job only.")
    @Nullable
    String job;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Most runs or commands listed, newest first. Default: 20.")
    int limit = 20;

    @Option(names = "--all", description = "List deleted jobs, too.")
    boolean all;

    GetVerb(Shell shell) {
        super(shell);
    }

    @Override
    int ask(BelfryClient client) {
        if (what == What.COMMANDS) {
            return commands(client.commands());
        }
        Snapshot snapshot = Snapshot.read(client, shell.clock().instant());
        report(snapshot.problems());
        if (job != null && snapshot.job(job).isEmpty()) {
            throw Absent.job(job, snapshot);
        }
        switch (what) {
            case JOBS -> jobs(snapshot);
            case AGENTS -> agents(snapshot);
            case SHARDS -> shards(snapshot);
            default -> runs(client.journal(), snapshot);
        }
        return snapshot.problems().isEmpty() ? Exit.DONE : Exit.NO;
    }

    /** Prints a list; of an empty one it says so, since a namespace may have been mistyped. */
    private void list(TextTable table, List<Map<String, Object>> tree) {
        if (tree.isEmpty() && format == Format.TABLE) {
            warn("there are no " + what + (job == null ? "" : " of job '" + job + "'") + " in namespace '"
                    + namespaceName() + "'");
        } else {
            print(table, tree);
        }
    }

    private void jobs(Snapshot snapshot) {
        Map<String, Integer> owned = new HashMap<>();
        snapshot.table().layouts().forEach((key, rows) -> owned.merge(key.jobUid(), rows.count(), Integer::sum));
        TextTable table =
                new TextTable("JOB", "STATE", "PLACEMENT", ">OWNED", ">SHARDS", "NEXT", "TRIGGER", ">VERSION", "BY");
        List<Map<String, Object>> tree = new ArrayList<>();
        for (JobState state : snapshot.jobs()) {
            JobRecord record = state.record();
            if (record.deleted() && !all) {
                continue;
            }
            Optional<Instant> next = record.deleted() ? Optional.empty() : JobText.next(record, snapshot.now());
            boolean sticky = record.definition().placement() == Placement.STICKY;
            int count = owned.getOrDefault(record.uid(), 0);
            table.row(
                    record.name(),
                    JobText.state(record, snapshot.now()),
                    word(record.definition().placement()),
                    sticky ? count : "-",
                    sticky ? record.definition().shards().count() : "-",
                    next.map(at -> Times.relative(at, snapshot.now())).orElse("-"),
                    JobText.triggers(record.definition()),
                    record.newest().number(),
                    record.newest().author().name());
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", record.name());
            one.put("uid", record.uid());
            one.put("state", JobText.state(record, snapshot.now()));
            one.put("placement", word(record.definition().placement()));
            one.put("shards", record.definition().shards().count());
            one.put("owned", count);
            one.put("next", next.map(Instant::toString).orElse(null));
            one.put("trigger", JobText.triggers(record.definition()));
            one.put("version", record.newest().number());
            one.put("layout", record.newest().layout());
            one.put("by", record.newest().author().name());
            tree.add(one);
        }
        list(table, tree);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    private void agents(Snapshot snapshot) {
        Map<String, Integer> owned = new HashMap<>();
        snapshot.table().forEach((key, row) -> owned.merge(row.owner().name(), 1, Integer::sum));
        TextTable table = new TextTable(
                "AGENT",
                "ROLE",
                "STATE",
                ">SHARDS",
                ">RUNNING",
                ">SLOTS",
                ">LOAD",
                "HEARTBEAT",
                "SINCE",
                "HOST",
                "LABELS",
                "HANDLERS");
        List<Map<String, Object>> tree = new ArrayList<>();
        for (AgentState agent : snapshot.agents()) {
            String name = agent.facts().incarnation().name();
            String state = agent.drained() || agent.facts().draining() ? "draining" : "active";
            String role = agent.master() ? "master" : agent.facts().standby() ? "standby" : "agent";
            String labels = labels(agent);
            table.row(
                    agent.id(),
                    role,
                    state,
                    owned.getOrDefault(name, 0),
                    agent.heartbeat().map(h -> Integer.toString(h.running())).orElse("-"),
                    agent.facts().capacity().slots(),
                    agent.heartbeat()
                            .filter(h -> h.load() >= 0)
                            .map(h -> String.format(java.util.Locale.ROOT, "%.2f", h.load()))
                            .orElse("-"),
                    Times.relative(agent.heartbeatAt(), snapshot.now()),
                    Times.relative(agent.facts().registeredAt(), snapshot.now()),
                    agent.facts().host() + ":" + agent.facts().pid(),
                    labels,
                    String.join(",", agent.facts().handlers()));
            tree.add(agentTree(agent, role, state, owned.getOrDefault(name, 0)));
        }
        list(table, tree);
    }

    private static String labels(AgentState agent) {
        return String.join(
                ",",
                agent.facts().labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .toList());
    }

    static Map<String, Object> agentTree(AgentState agent, String role, String state, int shards) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("id", agent.id());
        one.put("incarnation", agent.facts().incarnation().name());
        one.put("role", role);
        one.put("state", state);
        one.put("shards", shards);
        agent.heartbeat().ifPresent(heartbeat -> {
            one.put("running", heartbeat.running());
            one.put("load", heartbeat.load());
            one.put("heartbeat", agent.heartbeatAt().toString());
        });
        one.put("slots", agent.facts().capacity().slots());
        one.put("since", agent.facts().registeredAt().toString());
        one.put("host", agent.facts().host());
        one.put("pid", agent.facts().pid());
        agent.facts().endpoint().ifPresent(uri -> one.put("endpoint", uri.toString()));
        agent.facts().zone().ifPresent(zone -> one.put("zone", zone));
        one.put("labels", agent.facts().labels());
        one.put("handlers", List.copyOf(agent.facts().handlers()));
        one.put("tzdata", agent.facts().tzdata());
        return one;
    }

    private void shards(Snapshot snapshot) {
        TextTable table = new TextTable("JOB", ">LAYOUT", ">SHARD", "OWNER", "SINCE", "MOVES TO");
        List<Map<String, Object>> tree = new ArrayList<>();
        snapshot.table().forEach((key, row) -> {
            String name = snapshot.nameOf(key.jobUid());
            if (job != null && !job.equals(name)) {
                return;
            }
            String next = row.next() instanceof Successor.Named named
                    ? named.incarnation().agentId()
                    : row.next() instanceof Successor.Withdrawn ? "nobody" : "";
            table.row(name, key.layout(), key.shard(), row.owner().agentId(), row.since(), next);
            tree.add(shardTree(name, key.layout(), key.shard(), row.owner().name(), next));
        });
        for (JobState state : snapshot.jobs()) {
            unowned(state.record(), snapshot, table, tree);
        }
        list(table, tree);
    }

    private void unowned(JobRecord record, Snapshot snapshot, TextTable table, List<Map<String, Object>> tree) {
        var version = record.at(snapshot.now());
        boolean concerned = !record.deleted()
                && version.definition().placement() == Placement.STICKY
                && (job == null || job.equals(record.name()));
        var rows = snapshot.table().rows(new dev.belfry.core.ownership.LayoutKey(record.uid(), version.layout()));
        for (int shard = 0; concerned && shard < version.definition().shards().count(); shard++) {
            if (rows.owner(shard) < 0) {
                table.row(record.name(), version.layout(), shard, "nobody", "", "");
                tree.add(shardTree(record.name(), version.layout(), shard, "", ""));
            }
        }
    }

    private static Map<String, Object> shardTree(String job, int layout, int shard, String owner, String next) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("job", job);
        one.put("layout", layout);
        one.put("shard", shard);
        one.put("owner", owner);
        one.put("next", next);
        return one;
    }

    private void runs(Journal journal, Snapshot snapshot) {
        report(journal.problems());
        TextTable table = new TextTable("JOB", "DUE", "OUTCOME", ">SHARDS", ">ATTEMPTS", "STARTED", "TOOK", "RUN");
        List<Map<String, Object>> tree = new ArrayList<>();
        Run.of(journal).stream()
                .filter(run -> job == null || job.equals(snapshot.nameOf(run.jobUid())))
                .limit(limit)
                .forEach(run -> {
                    Optional<Duration> took =
                            run.started().flatMap(start -> run.ended().map(end -> Duration.between(start, end)));
                    String name = snapshot.nameOf(run.jobUid());
                    table.row(
                            name,
                            Times.instant(run.fire().due())
                                    + (run.count() > 1 ? " and " + (run.count() - 1) + " more" : ""),
                            run.state(),
                            run.shards().size(),
                            run.attempts(),
                            run.started()
                                    .map(at -> Times.relative(at, snapshot.now()))
                                    .orElse("-"),
                            took.map(Times::length).orElse("-"),
                            run.id());
                    tree.add(DescribeVerb.runTree(run, name));
                });
        list(table, tree);
    }

    private int commands(Readings<CommandState> commands) {
        report(commands.problems());
        Instant now = shell.clock().instant();
        TextTable table = new TextTable("SENT", "KIND", "TARGET", "BY", "STATE", "RESULT", "ID");
        List<Map<String, Object>> tree = new ArrayList<>();
        commands.found().stream()
                .sorted(Comparator.comparing(CommandState::sent).reversed())
                .limit(limit)
                .forEach(state -> {
                    Command command = state.command();
                    String result = command.result().map(Command.Result::text).orElse("");
                    table.row(
                            Times.relative(state.sent(), now),
                            word(command.kind()),
                            command.target(),
                            command.by(),
                            CommandVerbs.state(command),
                            result,
                            command.id());
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("id", command.id());
                    one.put("sent", state.sent().toString());
                    one.put("kind", word(command.kind()));
                    one.put("target", command.target());
                    one.put("parameters", command.parameters());
                    one.put("by", command.by());
                    one.put("reason", command.reason());
                    one.put("state", CommandVerbs.state(command));
                    one.put("result", result);
                    tree.add(one);
                });
        list(table, tree);
        return commands.problems().isEmpty() ? Exit.DONE : Exit.NO;
    }
}
