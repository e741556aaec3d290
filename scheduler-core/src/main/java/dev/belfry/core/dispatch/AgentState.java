package dev.belfry.core.dispatch;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.AgentFacts;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An agent as the queue sees it, without the tasks that the queue itself has given it.
 *
 * @param facts what it registered
 * @param sticky what the shards that it owns take
 * @param groups of each group of jobs that exclude each other: the uid of the job of which it owns shards
 * @param load load per processor as of its last heartbeat; negative if unknown
 * @param memory share of its memory in use; negative if unknown
 */
public record AgentState(AgentFacts facts, Needs sticky, SortedMap<String, String> groups, double load, double memory) {

    public AgentState {
        requireNonNull(facts);
        requireNonNull(sticky);
        groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
    }

    /** An agent without shards of which no load is known. */
    public static AgentState of(AgentFacts facts) {
        return new AgentState(facts, Needs.NONE, new TreeMap<>(), -1, -1);
    }

    /** The same with what its shards take. */
    public AgentState withSticky(Needs needs, SortedMap<String, String> exclusive) {
        return new AgentState(facts, needs, exclusive, load, memory);
    }

    /** The same with a load. */
    public AgentState withLoad(double perProcessor, double memoryShare) {
        return new AgentState(facts, sticky, groups, perProcessor, memoryShare);
    }
}
