package dev.belfry.master;

import dev.belfry.agent.loop.Mirror;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.ownership.ProofOfLife;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the candidate has been watching since it stood: it goes on doing so while the office lasts.
 *
 * @param life proofs of life of every incarnation
 * @param agents registrations by incarnation
 * @param unreadable incarnations that are registered with a record that cannot be read
 * @param restarts incarnations that announced their restart
 * @param registrations follows the registrations
 * @param clock the ensemble's clock
 */
record Watched(
        ProofOfLife life,
        Map<String, AgentFacts> agents,
        Set<String> unreadable,
        Restarts restarts,
        Mirror registrations,
        StampedClock clock) {

    /** Names of the incarnations that are registered, whether or not their records can be read. */
    Set<String> registered() {
        Set<String> names = new HashSet<>(agents.keySet());
        names.addAll(unreadable);
        return names;
    }

    boolean registered(String incarnation) {
        return agents.containsKey(incarnation) || unreadable.contains(incarnation);
    }

    /** The longest session time-out of an agent, at least {@code known}. */
    Duration longestTimeout(Duration known) {
        Duration longest = known;
        for (AgentFacts agent : agents.values()) {
            if (agent.sessionTimeout().compareTo(longest) > 0) {
                longest = agent.sessionTimeout();
            }
        }
        return longest;
    }
}
