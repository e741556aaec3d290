package dev.belfry.core.agent;

/**
 * One agent in one ZooKeeper session: {@code <agentId>~<sessionId in hex>}. Only incarnations own shards; a restarted
 * agent, or a new session, is a new incarnation. Ordered by agent id, then by session id.
 *
 * @param name agent id of 1 to 64 characters {@code [a-zA-Z0-9._-]} that starts with a letter or digit, a tilde, and
 *     the session id in lower-case hex without leading zeros
 */
public record Incarnation(String name) implements Comparable<Incarnation> {
    private static final int LONGEST_ID = 64;
    private static final int LONGEST_SESSION = 16;

    /** Throws {@link IllegalArgumentException} when the name is not of the form above. */
    public Incarnation {
        int tilde = name.indexOf('~');
        if (tilde < 0 || !isAgentId(name.substring(0, tilde)) || !isSession(name.substring(tilde + 1))) {
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
        if (text.isEmpty() || text.length() > LONGEST_ID || !isAlphanumeric(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isAlphanumeric(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static boolean isSession(String text) {
        if (text.isEmpty() || text.length() > LONGEST_SESSION || (text.charAt(0) == '0' && text.length() > 1)) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
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
