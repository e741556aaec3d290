package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.peer.Contender;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** How long after the return of the store a scheduler fires again, and what becomes of the fires that were due meanwhile. */
public final class StoreDown implements Workload {
    private static final List<String> OPTIONS = List.of("-Xmx512m");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** As in every other measurement, a fire that has not started by then is lost. */
    private static final Duration SETTLE = Observation.GRACE;

    private final Load load;
    private final Duration down;

    StoreDown(Load load, Duration down) {
        this.load = load;
        this.down = down;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    /** Down for 24 s, four sessions. */
    static StoreDown usual() {
        return new StoreDown(Load.everySecond(2, 100, 1).losing(Load.Losses.USUAL), Duration.ofSeconds(24));
    }

    @Override
    public String name() {
        return "store-down";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        String point = "down for " + down.toSeconds() + " s";
        for (Contender contender : bench.contenders()) {
            bench.attempt(contender, point, () -> measure(bench, contender, point));
        }
    }

    private boolean measure(Bench bench, Contender contender, String point) throws IOException, InterruptedException {
        try (Cluster cluster = Cluster.start(contender, load, OPTIONS)) {
            Aftermath.awaitWarm(cluster, bench.options().warmUp());
            Instant from = load.next(Instant.now());
            Pause.until(from);
            Instant gone = Instant.now();
            cluster.store().kill();
            Pause.until(gone.plus(down));
            Instant back = cluster.store().restart();
            Set<Fire.Shard> all = Aftermath.last(cluster, back).keySet();
            Map<Fire.Shard, Fire> again = Aftermath.awaitFirst(cluster, all, back, "", PATIENCE);
            // A second more than the slowest, so that what it owed is counted with it.
            Instant until = load.next(Instant.now());
            Pause.until(until.plus(SETTLE));
            List<Fire> fires = cluster.fires();
            SortedMap<String, Double> metrics = new TreeMap<>();
            metrics.put("down_s", Duration.between(gone, back).toMillis() / 1e3);
            metrics.put("shards", (double) all.size());
            metrics.putAll(Aftermath.seconds(
                    "refire", again.values().stream().mapToLong(fire -> fire.start() - FireLog.micros(back))));
            metrics.put(
                    "refire_first_s",
                    again.values().stream().mapToLong(Fire::start).min().orElseThrow() / 1e6
                            - FireLog.micros(back) / 1e6);
            metrics.putAll(BelfryRecord.account(cluster, load.due(from, until)).metrics());
            metrics.putAll(Aftermath.series(fires, gone, Duration.ofSeconds(5), down.plusSeconds(40)));
            bench.keep(contender, point, metrics);
            return true;
        }
    }
}
