package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How long nothing is dispatched when the master is killed while many runs are queued, and whether each of them runs once. */
public final class RunMasterKilled implements RunWorkload {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BATCH = 10_000;
    /** Of ten that are to be queued when the master is killed, so many more have started by then. */
    private static final int STARTED_OF_TEN = 1;

    private final int queued;
    private final Load.Losses losses;

    /** @param queued when the master is killed */
    RunMasterKilled(int queued, Load.Losses losses) {
        this.queued = queued;
        this.losses = losses;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    static RunMasterKilled usual() {
        return new RunMasterKilled(50_000, Load.Losses.USUAL.with(2));
    }

    @Override
    public String name() {
        return "run-killed-master";
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
        try (RunCluster cluster = asked.start(RunCluster.Setup.USUAL.losing(losses))) {
            int started = queued * STARTED_OF_TEN / 10;
            int all = cluster.submit("batches", 0, queued + started, PATIENCE.multipliedBy(4), BATCH)
                    .runs();
            cluster.work();
            cluster.awaitStarts(started, PATIENCE);
            String master = BelfryRecord.master(cluster.store());
            if (!master.startsWith("standby")) {
                throw new IOException(master + " is master although standbys were there before it");
            }
            Instant killed = Instant.now();
            cluster.kill(master);
            cluster.awaitStarts(all, PATIENCE);
            // What is started a second time would be by then.
            Pause.of(losses.session());
            List<Fire> starts = cluster.starts();
            SortedMap<String, Double> metrics = new TreeMap<>(RunWorkload.account(all, starts));
            long at = FireLog.micros(killed);
            long[] after = starts.stream()
                    .mapToLong(Fire::start)
                    .filter(start -> start >= at)
                    .sorted()
                    .toArray();
            metrics.put("queued_at_kill", (double) (all - starts.size() + after.length));
            metrics.putAll(pause(at, after));
            metrics.putAll(RunWorkload.sessionEnd(cluster, killed));
            metrics.put("unsettled", (double) BelfryRecord.awaitSettled(cluster.store(), PATIENCE));
            return metrics;
        }
    }

    /** The longest time without a start: when it ended, and how long it was. */
    private static SortedMap<String, Double> pause(long killed, long[] starts) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        long before = killed;
        long longest = -1;
        long end = killed;
        for (long start : starts) {
            if (start - before > longest) {
                longest = start - before;
                end = start;
            }
            before = start;
        }
        if (longest >= 0) {
            metrics.put("again_s", (end - killed) / 1e6);
            metrics.put("pause_s", longest / 1e6);
            metrics.put("all_s", (before - killed) / 1e6);
        }
        return metrics;
    }
}
