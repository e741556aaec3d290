package dev.belfry.bench.workload;

import dev.belfry.bench.machine.ProcessStat;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the master keeps in memory of the runs that wait. */
public final class QueueMemory implements RunWorkload {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final int BATCH = 10_000;
    private static final String MASTER = "standby-0";

    private final int queued;

    QueueMemory(int queued) {
        this.queued = queued;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    static QueueMemory usual() {
        return new QueueMemory(100_000);
    }

    @Override
    public String name() {
        return "queue-memory";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void measure(Bench bench, Asked asked) throws InterruptedException {
        String point = queued + " runs queued";
        if (asked.belfry()) {
            bench.attempt(asked.name(), point, () -> {
                bench.keep(asked.name(), point, seen(asked));
                return true;
            });
        }
    }

    private SortedMap<String, Double> seen(Asked asked) throws IOException, InterruptedException {
        RunCluster.Setup setup = RunCluster.Setup.USUAL.losing(Load.Losses.NONE.with(1));
        try (RunCluster cluster = asked.start(setup)) {
            Pause.of(SETTLE);
            double before = cluster.heapBytes(MASTER) / 1048576.0;
            int all = cluster.submit("batches", 0, queued, PATIENCE, BATCH).runs();
            Pause.of(SETTLE);
            SortedMap<String, Double> metrics = new TreeMap<>();
            metrics.put("queued", (double) all);
            metrics.put("rss_mib", ProcessStat.residentBytes(cluster.pids().getOrDefault(MASTER, -1L)) / 1048576.0);
            double after = cluster.heapBytes(MASTER) / 1048576.0;
            metrics.put("heap_mib", after);
            metrics.put("heap_empty_mib", before);
            metrics.put("run_bytes", (after - before) * 1048576 / Math.max(1, all));
            return metrics;
        }
    }
}
