package dev.belfry.bench.workload;

import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one fire of a job of six shards on three agents costs ZooKeeper. The same cluster with a job that does not fire is
 * measured beside it, and taken off: what is left is the fire's own.
 */
public final class FireCost implements Workload {
    private static final int AGENTS = 3;
    private static final int SHARDS = 6;
    private static final List<String> OPTIONS = List.of("-Xmx256m");
    private static final List<String> COUNTED = List.of(
            "requests",
            "reads",
            "watches",
            "write_requests",
            "writes",
            "checks",
            "refused",
            "watch_events",
            "bytes_in",
            "bytes_out",
            "fsyncs");

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(new FireCost()), Options.parse(words));
    }

    @Override
    public String name() {
        return "fire-cost";
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        for (Contender contender : bench.contenders()) {
            if (contender.store() == Store.Kind.ZOOKEEPER) {
                bench.attempt(contender, "all", () -> measure(bench, contender));
            }
        }
    }

    private static boolean measure(Bench bench, Contender contender) throws IOException, InterruptedException {
        SortedMap<String, Double> idle = seen(bench, contender, Load.idle(AGENTS, 1, SHARDS));
        SortedMap<String, Double> kept = new TreeMap<>(idle);
        kept.keySet().removeIf(name -> !name.startsWith("store_"));
        bench.keep(contender, "idle", kept);
        for (int body : new int[] {0, 200}) {
            Load load = Load.everySecond(AGENTS, 1, SHARDS).lasting(Duration.ofMillis(body));
            bench.keep(contender, "code of " + body + " ms", cost(seen(bench, contender, load), idle));
        }
        return true;
    }

    private static SortedMap<String, Double> seen(Bench bench, Contender contender, Load load)
            throws IOException, InterruptedException {
        try (Cluster cluster = Cluster.start(contender, load, OPTIONS)) {
            return Observation.of(
                            cluster, bench.options().warmUp(), bench.options().time())
                    .metrics();
        }
    }

    /** Adds what each fire, all six shards together, cost beyond the idle cluster. One fire is due a second. */
    static SortedMap<String, Double> cost(SortedMap<String, Double> firing, SortedMap<String, Double> idle) {
        SortedMap<String, Double> metrics = new TreeMap<>(firing);
        double fires = firing.getOrDefault("fired_per_s", 0.0) / SHARDS;
        for (String name : COUNTED) {
            String rate = "store_" + name + "_per_s";
            double own = firing.getOrDefault(rate, 0.0) - idle.getOrDefault(rate, 0.0);
            metrics.put("fire_" + name, own / fires);
        }
        metrics.put(
                "fire_operations",
                metrics.getOrDefault("fire_reads", 0.0)
                        + metrics.getOrDefault("fire_watches", 0.0)
                        + metrics.getOrDefault("fire_writes", 0.0));
        metrics.put("fires_per_s", fires);
        return metrics;
    }
}
