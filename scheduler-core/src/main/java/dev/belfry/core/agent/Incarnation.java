package dev.belfry.core.agent;

import java.util.regex.Pattern;

/**
 * One agent in one ZooKeeper session: {@code <agentId>~<sessionId in hex>}. Only incarnations own shards; a restarted
 * agent, or a new session, is a new incarnation. Ordered by agent id, then by session id.
 *
 * @param name agent id of 1 to 64 characters {@code [a-zA-Z0-9._-]} that starts with a letter or digit, a tilde, and
 *     the session id in lower-case hex without leading zeros
 */
public record Incarnation(String name) implements Comparable<Incarnation> {
    private static final Pattern AGENT_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}");
    private static final Pattern SESSION = Pattern.compile("0|[1-9a-f][0-9a-f]{0,15}");

    /** Throws {@link IllegalArgumentException} when the name is not of the form above. */
    public Incarnation {
        int tilde = name.indexOf('~');
        if (tilde < 0
                || !isAgentId(name.substring(0, tilde))
                || !SESSION.matcher(name.substring(tilde + 1)).matches()) {
            throw new IllegalArgumentException(
                    "not an incarnation: '" + name + "'; expected <agent id>~<session id in lower-case hex>");
        }
    }

    /** The incarnation of an agent in a session. */
    public static Incarnation of(String agentId, long sessionId) {
        return new Incarnation(agentId + "~" + Long.toHexString(sessionId));
    }

    /** Whether a text may serve as an agent id. */
    public static boolean isAgentId(String text) {
        return AGENT_ID.matcher(text).matches();
    }

    /** The stable id of the agent. */
    public String agentId() {
        return name.substring(0, name.indexOf('~'));
    }

    /** The ZooKeeper session id. */
    public long sessionId() {
        return Long.parseUnsignedLong(name.substring(name.indexOf('~') + 1), 16);
    }

    @Override
    public int compareTo(Incarnation other) {
        int byId = agentId().compareTo(other.agentId());
        return byId != 0 ? byId : Long.compareUnsigned(sessionId(), other.sessionId());
    }

    @Override
    public String toString() {
        return name;
    }
}
