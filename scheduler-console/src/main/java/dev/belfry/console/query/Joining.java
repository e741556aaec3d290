package dev.belfry.console.query;

import dev.belfry.agent.client.AgentState;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Agents that are thought of as joining: so many, each like one that is there but for what is said of it.
 *
 * <p>As text: a number, or pairs {@code key=value} separated by commas, of {@code count}, {@code like} (an agent's id),
 * {@code zone}, {@code slots}, {@code handlers} (separated by +), and {@code label.NAME}.
 */
public record Joining(int count, Optional<String> like, Map<String, String> other) {
    private static final int MOST = 1_000;
    private static final Set<String> KEYS = Set.of("zone", "slots", "handlers");

    public Joining {
        other = Map.copyOf(other);
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException("agents to add are from 1 to 1,000, not " + count);
        }
    }

    /** @throws IllegalArgumentException if the text is none, with the reason */
    public static Joining parse(String text) {
        if (text.matches("[0-9]{1,9}")) {
            return new Joining(Integer.parseInt(text), Optional.empty(), Map.of());
        }
        int count = 1;
        Optional<String> like = Optional.empty();
        Map<String, String> other = new TreeMap<>();
        for (String pair : text.split(",", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            boolean known = KEYS.contains(key) || (key.startsWith("label.") && key.length() > "label.".length());
            if (key.equals("count") && value.matches("[0-9]{1,9}")) {
                count = Integer.parseInt(value);
            } else if (key.equals("like") && !value.isEmpty()) {
                like = Optional.of(value);
            } else if (known && !value.isEmpty() && (!key.equals("slots") || value.matches("[1-9][0-9]{0,5}"))) {
                other.put(key, value);
            } else {
                throw new IllegalArgumentException("not agents to add: '" + pair
                        + "'; give a number, or key=value separated by commas, of count, like, zone, slots,"
                        + " handlers (separated by +) and label.NAME");
            }
        }
        return new Joining(count, like, other);
    }

    /**
     * The agents, with ids that nobody has.
     *
     * @throws IllegalArgumentException if there is no agent to be like
     */
    public List<AgentFacts> in(Snapshot snapshot) {
        AgentFacts model = snapshot.agents().stream()
                .filter(agent -> like.map(agent.id()::equals)
                        .orElse(!agent.facts().standby() && !agent.facts().draining()))
                .map(AgentState::facts)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(like.map(id -> "no agent '" + id + "' is registered")
                        .orElse("no agent is registered that new ones could be like")));
        Set<String> taken = new HashSet<>();
        snapshot.agents().forEach(agent -> taken.add(agent.id()));
        List<AgentFacts> agents = new ArrayList<>();
        for (int i = 1; agents.size() < count; i++) {
            if (taken.add("new-" + i)) {
                // The last to come, as the next ones are.
                agents.add(agent(model, Incarnation.of("new-" + i, Long.MAX_VALUE - i), snapshot.now()));
            }
        }
        return agents;
    }

    private AgentFacts agent(AgentFacts model, Incarnation incarnation, Instant now) {
        Map<String, String> labels = new TreeMap<>(model.labels());
        other.forEach((key, value) -> {
            if (key.startsWith("label.")) {
                labels.put(key.substring("label.".length()), value);
            }
        });
        Set<String> handlers = Optional.ofNullable(other.get("handlers"))
                .<Set<String>>map(text -> new TreeSet<>(Arrays.asList(text.split("\\+"))))
                .orElse(model.handlers());
        int slots = Optional.ofNullable(other.get("slots"))
                .map(Integer::parseInt)
                .orElse(model.capacity().slots());
        return new AgentFacts(
                incarnation,
                model.host(),
                model.pid(),
                Optional.empty(),
                handlers,
                labels,
                Optional.ofNullable(other.get("zone")).or(model::zone),
                new Capacity(slots, model.capacity().cpu(), model.capacity().memory()),
                false,
                model.sessionTimeout(),
                model.schemaMin(),
                model.schemaMax(),
                model.tzdata(),
                now,
                false);
    }
}
