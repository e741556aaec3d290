package dev.belfry.testkit.campaign;

import dev.belfry.core.run.FireLifeCycle;
import dev.belfry.testkit.cluster.SimCluster;
import dev.belfry.testkit.store.SiteCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a range of seeds came to. Ranges add up.
 *
 * @param executions executions of user code
 * @param events events of the simulations
 * @param broken seeds that broke something
 * @param sites what every call site of the store has met, by its name
 * @param strikes how often a kind of fault met a step of the protocol, by kind and step
 * @param transitions how often each transition of a fire's life cycle was taken
 */
public record Findings(
        SeedRange seeds,
        long executions,
        long events,
        List<Broken> broken,
        SortedMap<String, SiteCounts> sites,
        SortedMap<String, SortedMap<String, Long>> strikes,
        SortedMap<String, Long> transitions) {

    /** A seed whose scenario broke something. */
    public record Broken(long seed, Verdict verdict) {}

    /** Collects the findings of one range. Thread-safe. */
    static final class Builder {
        private final SeedRange seeds;
        private final Map<String, Long> visitsBefore = visits();
        private final List<Broken> broken = new ArrayList<>();
        private final SortedMap<String, SiteCounts> sites = new TreeMap<>();
        private final SortedMap<String, SortedMap<String, Long>> strikes = new TreeMap<>();
        private long executions;
        private long events;

        Builder(SeedRange seeds) {
            this.seeds = seeds;
        }

        synchronized void add(SimCluster cluster) {
            executions += cluster.evidence().all().size();
            events += cluster.scheduler().executed();
            cluster.ensemble().faults().counts().forEach(row -> sites.merge(row.site(), row, SiteCounts::plus));
            cluster.coverage().strikes().forEach((fault, steps) -> {
                SortedMap<String, Long> row = strikes.computeIfAbsent(fault, f -> new TreeMap<>());
                steps.forEach((step, count) -> row.merge(step, count, Long::sum));
            });
        }

        synchronized void broke(long seed, Verdict verdict) {
            broken.add(new Broken(seed, verdict));
        }

        synchronized int brokenSoFar() {
            return broken.size();
        }

        synchronized Findings build() {
            SortedMap<String, Long> transitions = new TreeMap<>();
            visits().forEach((name, count) -> transitions.put(name, count - visitsBefore.getOrDefault(name, 0L)));
            return new Findings(seeds, executions, events, List.copyOf(broken), sites, strikes, transitions);
        }

        private static Map<String, Long> visits() {
            Map<String, Long> visits = new TreeMap<>();
            FireLifeCycle.TABLE.visits().forEach((transition, count) -> visits.put(transition.toString(), count));
            return visits;
        }
    }
}
