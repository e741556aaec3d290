package dev.belfry.console.up;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The cluster at one moment, as a line of progress tells it.
 *
 * @param agents those whose session has not ended, in the order in which they are told
 * @param owned number of shards by the agent that owns them, agents without a session included
 * @param tally the fires so far
 * @param status what the example says of itself, a line each
 */
record ClusterView(List<Member> agents, Map<String, Integer> owned, Tally tally, List<String> status) {

    /**
     * An agent that is registered.
     *
     * @param fate empty while its process runs; else what became of it, such as "killed"
     * @param secondsLeft after which its session has ended at the latest, if its process has ended
     */
    record Member(String id, boolean master, String fate, long secondsLeft) {
        private String text(int shards, boolean whole) {
            if (fate.isEmpty()) {
                return id + " " + shards;
            }
            return id + " " + shards + " (" + fate
                    + (whole ? ", its session ends within " + Math.max(1, secondsLeft) + " s" : "") + ")";
        }
    }

    ClusterView {
        agents = List.copyOf(agents);
        owned = Map.copyOf(owned);
        status = List.copyOf(status);
    }

    /** What to print: one line for the cluster, and those of the example. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(line(true) + " | fires " + tally.fires() + " (" + tally.text() + ")");
        status.forEach(text -> lines.add("  " + text));
        return lines;
    }

    /** All of it that matters when it changes: neither the number of fires that went well, nor the seconds left. */
    String gist() {
        return line(false) + " | " + tally.unwell() + " | " + String.join(" | ", status);
    }

    private String line(boolean whole) {
        List<String> shares = new ArrayList<>();
        Map<String, Integer> others = new TreeMap<>(owned);
        for (Member agent : agents) {
            shares.add(agent.text(owned.getOrDefault(agent.id(), 0), whole));
            others.remove(agent.id());
        }
        int waiting = others.values().stream().mapToInt(Integer::intValue).sum();
        if (waiting > 0) {
            shares.add(waiting + " of agents that are gone");
        }
        return "master " + master() + " | shards " + (shares.isEmpty() ? "-" : String.join(", ", shares));
    }

    private String master() {
        return agents.stream()
                .filter(Member::master)
                .findFirst()
                .map(agent -> agent.fate().isEmpty() ? agent.id() : agent.id() + " (" + agent.fate() + ")")
                .orElse("none");
    }
}
