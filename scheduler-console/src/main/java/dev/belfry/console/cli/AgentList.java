package dev.belfry.console.cli;

import dev.belfry.agent.client.AgentState;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.ownership.HeartbeatRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The agents that are registered, one a row. */
final class AgentList {
    /** By which the ensemble's clock may be ahead of this machine's without a word. */
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(5);

    private AgentList() {}

    static Listing of(Snapshot snapshot) {
        Map<String, Integer> owned = new HashMap<>();
        snapshot.table().forEach((key, row) -> owned.merge(row.owner().name(), 1, Integer::sum));
        Listing list = new Listing(new TextTable(
                "AGENT",
                "ROLE",
                "STATE",
                ">SHARDS",
                ">RUNNING",
                ">SLOTS",
                ">LOAD",
                ">BUSY",
                ">MEMORY",
                "HEARTBEAT",
                "SINCE",
                "HOST",
                "LABELS",
                "HANDLERS"));
        for (AgentState agent : snapshot.agents()) {
            String name = agent.facts().incarnation().name();
            list.table()
                    .row(
                            agent.id(),
                            role(agent),
                            state(agent),
                            owned.getOrDefault(name, 0),
                            agent.heartbeat()
                                    .map(h -> Integer.toString(h.running()))
                                    .orElse("-"),
                            agent.facts().capacity().slots(),
                            agent.heartbeat()
                                    .filter(h -> h.load() >= 0)
                                    .map(h -> String.format(java.util.Locale.ROOT, "%.2f", h.load()))
                                    .orElse("-"),
                            percent(agent.heartbeat().map(HeartbeatRecord::busy)),
                            percent(agent.heartbeat().map(HeartbeatRecord::memory)),
                            heard(agent, snapshot.now()),
                            Times.past(agent.facts().registeredAt(), snapshot.now()),
                            agent.facts().host() + ":" + agent.facts().pid(),
                            labels(agent),
                            String.join(",", agent.facts().handlers()));
            list.tree().add(tree(agent, owned.getOrDefault(name, 0)));
        }
        return list;
    }

    /** Of what the machine has; negative if it cannot be told. */
    private static String percent(Optional<Double> share) {
        return share.filter(s -> s >= 0).map(s -> Math.round(100 * s) + "%").orElse("-");
    }

    /** By the ensemble's clock, from which that of this machine may differ: a little is nothing, more is worth a word. */
    private static String heard(AgentState agent, Instant now) {
        Duration ahead = Duration.between(now, agent.heartbeatAt());
        return ahead.compareTo(CLOCKS_DIFFER) > 0
                ? "now (the ensemble's clock is " + Times.length(ahead) + " ahead of this machine's)"
                : Times.past(agent.heartbeatAt(), now);
    }

    private static String role(AgentState agent) {
        return agent.master() ? "master" : agent.facts().standby() ? "standby" : "agent";
    }

    private static String state(AgentState agent) {
        if (agent.restarting().isPresent()) {
            return "restarting";
        }
        if (agent.drained() || agent.facts().draining()) {
            return "draining";
        }
        return silentUntil(agent)
                .map(until -> "silent until " + Times.instant(until))
                .orElse("active");
    }

    /** Until when its shards fire nothing because the clocks were set back. */
    private static Optional<Instant> silentUntil(AgentState agent) {
        return agent.heartbeat().flatMap(HeartbeatRecord::silentUntil);
    }

    private static String labels(AgentState agent) {
        return String.join(
                ",",
                agent.facts().labels().entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .toList());
    }

    /** For programs. */
    static Map<String, Object> tree(AgentState agent, int shards) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("id", agent.id());
        one.put("incarnation", agent.facts().incarnation().name());
        one.put("role", role(agent));
        one.put("state", state(agent));
        silentUntil(agent).ifPresent(until -> one.put("silentUntil", Times.iso(until)));
        one.put("shards", shards);
        agent.heartbeat().ifPresent(heartbeat -> {
            one.put("running", heartbeat.running());
            one.put("load", heartbeat.load());
            one.put("busy", heartbeat.busy());
            one.put("memory", heartbeat.memory());
            one.put("heartbeat", Times.iso(agent.heartbeatAt()));
        });
        one.put("slots", agent.facts().capacity().slots());
        one.put("since", Times.iso(agent.facts().registeredAt()));
        one.put("host", agent.facts().host());
        one.put("pid", agent.facts().pid());
        agent.facts().endpoint().ifPresent(uri -> one.put("endpoint", uri.toString()));
        agent.facts().zone().ifPresent(zone -> one.put("zone", zone));
        one.put("labels", agent.facts().labels());
        one.put("handlers", List.copyOf(agent.facts().handlers()));
        one.put("tzdata", agent.facts().tzdata());
        return one;
    }
}
