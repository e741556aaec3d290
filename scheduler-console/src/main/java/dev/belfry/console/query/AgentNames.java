package dev.belfry.console.query;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names incarnations by the ids of their agents. Where several of one agent occur, the end of the session's id is added that
 * tells them apart. Immutable once made.
 */
final class AgentNames {
    private static final int SHORTEST = 4;

    private final Map<String, Set<String>> sessions = new HashMap<>();

    /** @param incarnations those that occur */
    AgentNames(Collection<String> incarnations) {
        for (String incarnation : incarnations) {
            if (!session(incarnation).isEmpty()) {
                sessions.computeIfAbsent(agentId(incarnation), id -> new TreeSet<>())
                        .add(session(incarnation));
            }
        }
    }

    /** The id of an incarnation's agent; a text that is no incarnation stays as it is. */
    static String agentId(String incarnation) {
        int tilde = incarnation.indexOf('~');
        return tilde < 0 ? incarnation : incarnation.substring(0, tilde);
    }

    private static String session(String incarnation) {
        int tilde = incarnation.indexOf('~');
        return tilde < 0 ? "" : incarnation.substring(tilde + 1);
    }

    /** {@code worker-1}, or {@code worker-1 (session ..0002)} where another one of the agent occurs. */
    String of(String incarnation) {
        Set<String> all = sessions.getOrDefault(agentId(incarnation), Set.of());
        String session = session(incarnation);
        if (session.isEmpty() || all.size() < 2) {
            return agentId(incarnation);
        }
        int length = Math.min(SHORTEST, session.length());
        while (length < session.length() && !tellsApart(all, session, length)) {
            length++;
        }
        String end = session.substring(session.length() - length);
        return agentId(incarnation) + " (session " + (length < session.length() ? ".." : "") + end + ")";
    }

    private static boolean tellsApart(Set<String> all, String session, int length) {
        String end = session.substring(session.length() - length);
        return all.stream().filter(other -> other.endsWith(end)).count() == 1;
    }
}
