package dev.belfry.core.assign;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Eligibility;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.agent.Refusal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The live agents of a plan, numbered in order of their incarnations, and who may own what. */
final class Cluster {
    final List<AgentFacts> agents;
    final long[] idHash;
    private final Map<Incarnation, Integer> index = new HashMap<>();
    private final Map<String, Integer> rejoined = new HashMap<>();
    private final Set<Incarnation> duplicates;
    private final Map<Needs, Candidates> candidates = new HashMap<>();
    private final Map<LabelSelector, Candidates> matching = new HashMap<>();
    private final Map<Spread, SpreadValues> spreads = new HashMap<>();

    Cluster(List<AgentFacts> sorted) {
        agents = sorted;
        duplicates = Eligibility.duplicates(sorted);
        idHash = sorted.stream()
                .mapToLong(a -> Hashes.of(a.incarnation().agentId()))
                .toArray();
        for (int i = 0; i < sorted.size(); i++) {
            Incarnation incarnation = sorted.get(i).incarnation();
            index.put(incarnation, i);
            if (!duplicates.contains(incarnation)) {
                rejoined.put(incarnation.agentId(), i);
            }
        }
    }

    int size() {
        return agents.size();
    }

    Incarnation incarnation(int agent) {
        return agents.get(agent).incarnation();
    }

    /** The number of a live incarnation, else -1. */
    int indexOf(Incarnation incarnation) {
        return index.getOrDefault(incarnation, -1);
    }

    /** The live agent that counts for an agent id, else -1. */
    int indexOfId(String agentId) {
        return rejoined.getOrDefault(agentId, -1);
    }

    Candidates candidates(JobSpec job) {
        return candidates.computeIfAbsent(
                new Needs(job.handler(), job.requires()),
                needs -> new Candidates(IntStream.range(0, size())
                        .filter(a -> refusal(job, a).isEmpty())
                        .toArray()));
    }

    /** Agents that match a selector, whatever else they are. */
    Candidates matching(LabelSelector selector) {
        return matching.computeIfAbsent(
                selector,
                wanted -> new Candidates(IntStream.range(0, size())
                        .filter(a -> wanted.matches(agents.get(a).labels()))
                        .toArray()));
    }

    Optional<Refusal> refusal(JobSpec job, int agent) {
        AgentFacts facts = agents.get(agent);
        Optional<Refusal> general = Eligibility.refusal(facts);
        if (general.isEmpty() && duplicates.contains(facts.incarnation())) {
            return Optional.of(Refusal.DUPLICATE_ID);
        }
        return Eligibility.refusal(facts, job.handler(), job.requires());
    }

    SpreadValues spread(Spread spread) {
        return spreads.computeIfAbsent(spread, by -> SpreadValues.of(by, agents));
    }

    private record Needs(String handler, LabelSelector requires) {}

    /** For each agent the number of its value. */
    static final class SpreadValues {
        private final int[] ofAgent;
        private final int count;

        private SpreadValues(int[] ofAgent, int count) {
            this.ofAgent = ofAgent;
            this.count = count;
        }

        int of(int agent) {
            return ofAgent[agent];
        }

        int count() {
            return count;
        }

        static SpreadValues of(Spread by, List<AgentFacts> agents) {
            Map<String, Integer> numbers = new HashMap<>();
            int[] ofAgent = agents.stream()
                    .mapToInt(a -> number(numbers, by.valueOf(a)))
                    .toArray();
            return new SpreadValues(ofAgent, numbers.size());
        }

        private static int number(Map<String, Integer> numbers, String value) {
            Integer known = numbers.putIfAbsent(value, numbers.size());
            return known == null ? numbers.size() - 1 : known;
        }

        /** How many values the candidates have. */
        int among(Candidates candidates) {
            return (int) IntStream.of(candidates.agents)
                    .map(a -> ofAgent[a])
                    .distinct()
                    .count();
        }
    }
}
