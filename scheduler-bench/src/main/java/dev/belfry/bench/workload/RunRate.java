package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.machine.Meter;
import dev.belfry.bench.store.StoreCounters;
import dev.belfry.bench.store.ZooKeeperStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many runs a second go all the way: submitted, durable, started by one of two workers, and their outcome recorded. One process
 * submits without an end, in batches, and holds as many back as keep a backlog of the same length: what is measured is the ceiling.
 */
public final class RunRate implements RunWorkload {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String POINT = "without an end";

    private final int backlog;

    RunRate(int backlog) {
        this.backlog = backlog;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    static RunRate usual() {
        return new RunRate(5_000);
    }

    @Override
    public String name() {
        return "run-rate";
    }

    @Override
    public void measure(Bench bench, Asked asked) throws InterruptedException {
        bench.attempt(asked.name(), POINT, () -> {
            bench.keep(asked.name(), POINT, seen(asked, bench.options()));
            return true;
        });
    }

    private SortedMap<String, Double> seen(Asked asked, Options options) throws IOException, InterruptedException {
        try (RunCluster cluster = asked.start(RunCluster.Setup.USUAL)) {
            cluster.work();
            Instant from = Pause.fullSecond(options.warmUp());
            Instant to = from.plus(options.time());
            cluster.feed(backlog, Duration.between(Instant.now(), to));
            Pause.until(from);
            StoreCounters before = cluster.store().counters();
            Meter meter = Meter.begin(cluster.pids());
            Pause.until(to);
            Meter.Usage usage = meter.end();
            StoreCounters after = cluster.store().counters();
            int acknowledged = cluster.acknowledged().runs();
            cluster.awaitStarts(acknowledged, PATIENCE);
            List<Fire> starts = cluster.starts();
            SortedMap<String, Double> metrics = new TreeMap<>(RunWorkload.account(acknowledged, starts));
            long within = starts.stream()
                    .filter(start -> start.start() >= FireLog.micros(from) && start.start() < FireLog.micros(to))
                    .count();
            metrics.put("started_per_s", within / (double) options.time().toSeconds());
            put(metrics, usage);
            after.since(before)
                    .values()
                    .forEach((name, value) -> metrics.put(
                            "store_" + name + "_per_s", value / options.time().toSeconds()));
            if (cluster.store() instanceof ZooKeeperStore zookeeper) {
                SortedMap<String, Double> grown =
                        new TreeMap<>(after.since(before).values());
                grown.putAll(zookeeper.log().counts(before.position(), after.position()));
                metrics.putAll(operations(grown, within));
                metrics.put("unsettled", (double) BelfryRecord.awaitSettled(cluster.store(), PATIENCE));
            }
            return metrics;
        }
    }

    private static void put(SortedMap<String, Double> metrics, Meter.Usage usage) {
        usage.cores().forEach((name, cores) -> metrics.merge("cpu_" + group(name) + "_cores", cores, Double::sum));
        usage.residentBytes()
                .forEach((name, bytes) -> metrics.merge("rss_" + group(name) + "_mib", bytes / 1048576.0, Double::sum));
        metrics.put("cpu_others_cores", usage.othersCores());
    }

    private static String group(String process) {
        return process.startsWith("agent-") ? "agents" : process;
    }

    /** What one run cost the store, its submission included: requests, and operations counted one by one within each multi. */
    private static SortedMap<String, Double> operations(SortedMap<String, Double> grown, long runs) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        double writes = grown.getOrDefault("writes", 0.0);
        double looks = grown.getOrDefault("reads", 0.0) + grown.getOrDefault("watches", 0.0);
        metrics.put("run_operations", (writes + looks) / Math.max(1, runs));
        metrics.put("run_writes", writes / Math.max(1, runs));
        metrics.put("run_requests", grown.getOrDefault("requests", 0.0) / Math.max(1, runs));
        metrics.put("run_bytes_in", grown.getOrDefault("bytes_in", 0.0) / Math.max(1, runs));
        return metrics;
    }
}
