package dev.belfry.core.assign;

import dev.belfry.core.agent.AgentFacts;

/**
 * Keeps the shards of one job apart: of the values that the eligible agents have, each gets at most
 * ceil(shards / values) shards. Agents without a value count as one value together.
 *
 * @param key {@code zone}, {@code host}, {@code agent}, or the key of a label
 */
public record Spread(String key) {
    /** By failure zone. */
    public static final Spread ZONE = new Spread("zone");

    /** By machine. */
    public static final Spread HOST = new Spread("host");

    /** By agent id. */
    public static final Spread AGENT = new Spread("agent");

    /** Throws {@link IllegalArgumentException} for an empty key. */
    public Spread {
        if (key.isBlank()) {
            throw new IllegalArgumentException("spread needs zone, host, agent or a label key");
        }
    }

    /** The value of an agent; empty text when it has none. */
    public String valueOf(AgentFacts agent) {
        return switch (key) {
            case "zone" -> agent.zone().orElse("");
            case "host" -> agent.host();
            case "agent" -> agent.incarnation().agentId();
            default -> agent.labels().getOrDefault(key, "");
        };
    }
}
