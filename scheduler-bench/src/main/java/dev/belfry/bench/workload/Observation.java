package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.evidence.Window;
import dev.belfry.bench.machine.Meter;
import dev.belfry.bench.store.StoreCounters;
import dev.belfry.bench.store.ZooKeeperStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was seen of a cluster in a span of whole seconds, after a warm-up that is looked at apart.
 *
 * @param fires due in the span
 * @param warmUp fires due between the end of the registration and the span
 * @param usage of the machine in the span
 * @param store by how much its counters grew in the span
 * @param agents after the span
 */
record Observation(Window fires, Window warmUp, Meter.Usage usage, StoreCounters store, Agents agents, Duration time) {
    /** Fires that have not started by then after the end of the span are lost. */
    static final Duration GRACE = Duration.ofSeconds(3);

    /** The parts of all fires whose lateness is kept, for plots of the distribution. */
    static final Map<String, Double> PARTS = parts();

    private static Map<String, Double> parts() {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("p10", 0.1);
        parts.put("p25", 0.25);
        parts.put("p50", 0.5);
        parts.put("p75", 0.75);
        parts.put("p90", 0.9);
        parts.put("p95", 0.95);
        parts.put("p99", 0.99);
        parts.put("p999", 0.999);
        parts.put("max", 1.0);
        return parts;
    }

    /**
     * What the agents say of themselves, all together.
     *
     * @param heapBytes after a collection
     */
    record Agents(int threads, long heapBytes) {
        static Agents of(Cluster cluster) throws IOException, InterruptedException {
            Agents sum = new Agents(0, 0);
            for (String agent : cluster.agents()) {
                Cluster.AgentState state = cluster.state(agent);
                sum = new Agents(sum.threads + state.threads(), sum.heapBytes + state.heapBytes());
            }
            return sum;
        }
    }

    static Observation of(Cluster cluster, Duration warmUp, Duration time) throws IOException, InterruptedException {
        Instant ready = Instant.now();
        Instant from = Pause.fullSecond(warmUp);
        Instant to = from.plus(time);
        Pause.until(from);
        StoreCounters before = cluster.store().counters();
        Meter meter = Meter.begin(cluster.processes());
        Pause.until(to);
        Meter.Usage usage = meter.end();
        StoreCounters after = cluster.store().counters();
        Pause.until(to.plus(GRACE));
        List<Fire> fires = cluster.fires();
        return new Observation(
                window(fires, from, to, cluster.load().fires(time)),
                window(fires, ready, from, 0),
                usage,
                grown(cluster, before, after),
                Agents.of(cluster),
                time);
    }

    private static Window window(List<Fire> fires, Instant from, Instant to, long expected) {
        return Window.of(fires, FireLog.micros(from), FireLog.micros(to), FireLog.micros(to.plus(GRACE)), expected);
    }

    private static StoreCounters grown(Cluster cluster, StoreCounters before, StoreCounters after) throws IOException {
        StoreCounters grown = after.since(before);
        if (cluster.store() instanceof ZooKeeperStore zookeeper) {
            SortedMap<String, Double> values = new TreeMap<>(grown.values());
            values.putAll(zookeeper.log().counts(before.position(), after.position()));
            return new StoreCounters(values, after.position());
        }
        return grown;
    }

    /** Every fire that was due has started, and 99 of 100 within a second. */
    boolean sustained() {
        return fires.lost() == 0 && fires.lateMillis(0.99) <= 1_000;
    }

    /** Everything, as metrics with their units. */
    SortedMap<String, Double> metrics() {
        SortedMap<String, Double> metrics = new TreeMap<>();
        double seconds = time.toSeconds();
        metrics.put("expected", (double) fires.expected());
        metrics.put("fired_per_s", fires.fired() / seconds);
        metrics.put("lost", (double) fires.lost());
        metrics.put("duplicates", (double) fires.duplicates());
        metrics.put("sustained", sustained() ? 1.0 : 0.0);
        PARTS.forEach((name, part) -> metrics.put("late_" + name + "_ms", fires.lateMillis(part)));
        metrics.put("warmup_fires", (double) warmUp.fired());
        metrics.put("warmup_late_p99_ms", warmUp.lateMillis(0.99));
        metrics.put("warmup_late_max_ms", warmUp.lateMillis(1));
        usage.cores().forEach((name, cores) -> metrics.merge("cpu_" + group(name) + "_cores", cores, Double::sum));
        metrics.put("cpu_others_cores", usage.othersCores());
        usage.residentBytes()
                .forEach((name, bytes) -> metrics.merge("rss_" + group(name) + "_mib", bytes / 1048576.0, Double::sum));
        metrics.put("heap_agents_mib", agents.heapBytes() / 1048576.0);
        metrics.put("threads_agents", (double) agents.threads());
        store.values().forEach((name, value) -> metrics.put("store_" + name + "_per_s", value / seconds));
        metrics.values().removeIf(value -> value.isNaN());
        return metrics;
    }

    private static String group(String process) {
        return process.startsWith("agent-") ? "agents" : process;
    }
}
