package dev.belfry.core.agent;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether an agent may own shards of a job, by what the agent says of itself alone. */
public final class Eligibility {
    private static final Comparator<AgentFacts> FIRST_COME =
            Comparator.comparing(AgentFacts::registeredAt).thenComparing(AgentFacts::incarnation);

    private Eligibility() {}

    /** The first reason against an agent, whatever the job; empty when there is none. */
    public static Optional<Refusal> refusal(AgentFacts agent) {
        if (agent.standby()) {
            return Optional.of(Refusal.STANDBY);
        }
        return agent.draining() ? Optional.of(Refusal.DRAINING) : Optional.empty();
    }

    /** The first reason against an agent for a job that needs this handler and these labels; empty when there is none. */
    public static Optional<Refusal> refusal(AgentFacts agent, String handler, LabelSelector required) {
        Optional<Refusal> general = refusal(agent);
        if (general.isPresent()) {
            return general;
        }
        if (!agent.handlers().contains(handler)) {
            return Optional.of(Refusal.HANDLER);
        }
        return required.matches(agent.labels()) ? Optional.empty() : Optional.of(Refusal.LABELS);
    }

    /**
     * Of live registrations that share an agent id, all but the earliest (by registration, then by session id): they
     * are assigned nothing.
     */
    public static SortedSet<Incarnation> duplicates(Collection<AgentFacts> live) {
        Map<String, AgentFacts> earliest = new HashMap<>();
        SortedSet<Incarnation> later = new TreeSet<>();
        for (AgentFacts agent : live) {
            AgentFacts other = earliest.get(agent.incarnation().agentId());
            if (other == null) {
                earliest.put(agent.incarnation().agentId(), agent);
            } else if (FIRST_COME.compare(agent, other) < 0) {
                earliest.put(agent.incarnation().agentId(), agent);
                later.add(other.incarnation());
            } else {
                later.add(agent.incarnation());
            }
        }
        return Collections.unmodifiableSortedSet(later);
    }
}
