package dev.belfry.testkit.cluster;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which kinds of faults have met a cluster at which steps of the protocol, in numbers of strikes. A step is named by the
 * place in the code whose request was under way. Not thread-safe, like the simulation.
 */
public final class Coverage {
    /** The step of a process that waited for nothing. */
    public static final String IDLE = "idle";

    private final SortedMap<String, SortedMap<String, Long>> strikes = new TreeMap<>();

    /** A fault met processes that waited for answers to requests made at {@code steps}; none of them if it is empty. */
    void struck(String fault, List<String> steps) {
        SortedMap<String, Long> row = strikes.computeIfAbsent(fault, f -> new TreeMap<>());
        for (String step : steps.isEmpty() ? List.of(IDLE) : steps) {
            row.merge(step, 1L, Long::sum);
        }
    }

    /** Notes what a fault is about to meet. */
    void before(Fault fault, SimCluster cluster) {
        List<SimAgent> victims = cluster.agents().stream()
                .filter(SimAgent::alive)
                .filter(agent ->
                        !(fault instanceof Fault.OfAgent one) || one.agent().equals(agent.id()))
                .toList();
        if (fault instanceof Fault.Strike || victims.isEmpty()) {
            return;
        }
        List<String> steps = victims.stream()
                .flatMap(agent -> cluster.ensemble().underWay(agent.process().name()).stream())
                .distinct()
                .toList();
        struck(fault.getClass().getSimpleName(), steps);
    }

    /** Strikes by kind of fault and step. */
    public SortedMap<String, SortedMap<String, Long>> strikes() {
        return Collections.unmodifiableSortedMap(strikes);
    }
}
