package dev.belfry.console.cli;

import dev.belfry.agent.client.AgentState;
import dev.belfry.console.query.Snapshot;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The agents that are registered, one a row. */
final class AgentList {
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
                            Times.relative(agent.heartbeatAt(), snapshot.now()),
                            Times.relative(agent.facts().registeredAt(), snapshot.now()),
                            agent.facts().host() + ":" + agent.facts().pid(),
                            labels(agent),
                            String.join(",", agent.facts().handlers()));
            list.tree().add(tree(agent, owned.getOrDefault(name, 0)));
        }
        return list;
    }

    private static String role(AgentState agent) {
        return agent.master() ? "master" : agent.facts().standby() ? "standby" : "agent";
    }

    private static String state(AgentState agent) {
        return agent.drained() || agent.facts().draining() ? "draining" : "active";
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
        one.put("shards", shards);
        agent.heartbeat().ifPresent(heartbeat -> {
            one.put("running", heartbeat.running());
            one.put("load", heartbeat.load());
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
