package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.peer.Contender;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Whether fires are late, or shards move, because the master is killed: a process that runs no jobs. Each window after a kill is
 * held against one as long before it, since the machine has a lateness of its own.
 */
public final class KilledMaster implements Workload {
    private static final List<String> OPTIONS = List.of("-Xmx512m");
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** After the next master has taken office. */
    private static final Duration AFTER = Duration.ofSeconds(2);

    private static final long LATE_MICROS = 100_000;

    private final Load load;

    KilledMaster(Load load) {
        this.load = load;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    /** 200 fires a second, and two masters to lose before the third. */
    static KilledMaster usual() {
        return new KilledMaster(Load.everySecond(2, 200, 1).spreadOut().losing(Load.Losses.USUAL.with(3)));
    }

    @Override
    public String name() {
        return "killed-master";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        String point = load.jobs() + " fires/s";
        for (Contender contender : bench.contenders()) {
            if (contender.name().equals(Contender.BELFRY)) {
                bench.attempt(contender, point, () -> measure(bench, contender, point));
            }
        }
    }

    /**
     * One kill.
     *
     * @param inOffice when the next master was
     */
    private record Kill(Instant at, Instant inOffice) {
        Instant over() {
            return inOffice.plus(AFTER);
        }

        boolean after(Fire fire) {
            return within(fire, at, over());
        }

        boolean quiet(Fire fire) {
            return within(fire, at.minus(Duration.between(at, over())), at);
        }

        private static boolean within(Fire fire, Instant from, Instant until) {
            return fire.due() >= FireLog.micros(from) && fire.due() < FireLog.micros(until);
        }
    }

    private boolean measure(Bench bench, Contender contender, String point) throws IOException, InterruptedException {
        try (Cluster cluster = Cluster.start(contender, load, OPTIONS);
                BelfryRecord record = BelfryRecord.of(cluster)) {
            Aftermath.awaitWarm(cluster, bench.options().warmUp());
            // As long as it takes to notice the loss and to take office, or longer.
            Duration quiet = load.losses().session().plus(load.losses().tick()).plus(AFTER);
            Instant from = load.next(Instant.now());
            List<Kill> kills = new ArrayList<>();
            for (int i = 1; i < load.losses().standbys(); i++) {
                Pause.of(quiet);
                kills.add(kill(cluster, record));
                Pause.until(kills.get(kills.size() - 1).over());
            }
            Instant until = load.next(Instant.now());
            Pause.until(until.plus(AFTER));
            List<Fire> fires = cluster.fires();
            SortedMap<String, Double> metrics = new TreeMap<>();
            metrics.putAll(BelfryRecord.account(cluster, load.due(from, until)).metrics());
            metrics.put("moved", moved(cluster, kills.get(0).at()));
            metrics.putAll(compared(fires, kills));
            kills.forEach(kill -> Aftermath.series(fires, kill.at(), quiet, quiet.plus(AFTER))
                    .forEach((name, late) -> metrics.merge(name, late, Math::max)));
            bench.keep(contender, point, metrics);
            return true;
        }
    }

    private static Kill kill(Cluster cluster, BelfryRecord record) throws IOException {
        long term = record.term();
        String master = record.master();
        if (!master.startsWith("standby")) {
            throw new IOException(master + " is master although standbys were there before it");
        }
        Instant at = Instant.now();
        cluster.kill(master);
        while (record.term() == term) {
            if (Instant.now().isAfter(at.plus(PATIENCE))) {
                throw new IOException("no other master within " + PATIENCE.toSeconds() + " s");
            }
            Pause.of(Duration.ofMillis(50));
        }
        return new Kill(at, Instant.now());
    }

    /** Shards whose last fire was on another agent than their last one before the first kill. */
    private static double moved(Cluster cluster, Instant before) throws IOException {
        Map<Fire.Shard, Aftermath.Last> now = Aftermath.last(cluster, Instant.now());
        return Aftermath.last(cluster, before).entrySet().stream()
                .filter(last -> Optional.ofNullable(now.get(last.getKey()))
                        .filter(later -> !later.agent().equals(last.getValue().agent()))
                        .isPresent())
                .count();
    }

    private static SortedMap<String, Double> compared(List<Fire> fires, List<Kill> kills) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        long[] after = late(fires, kills, true);
        long[] quiet = late(fires, kills, false);
        metrics.putAll(Aftermath.quantiles("after", "ms", 1e3, LongStream.of(after)));
        metrics.putAll(Aftermath.quantiles("quiet", "ms", 1e3, LongStream.of(quiet)));
        double over = LongStream.of(after).filter(late -> late > LATE_MICROS).count();
        double usual = LongStream.of(quiet).filter(late -> late > LATE_MICROS).count();
        metrics.put("after_over", over);
        metrics.put("quiet_over", usual);
        metrics.put("more_over", Math.max(0, over - usual));
        metrics.put(
                "office_s",
                kills.stream()
                        .mapToDouble(kill ->
                                Duration.between(kill.at(), kill.inOffice()).toMillis() / 1e3)
                        .max()
                        .orElse(Double.NaN));
        return metrics;
    }

    private static long[] late(List<Fire> fires, List<Kill> kills, boolean after) {
        return fires.stream()
                .filter(fire -> kills.stream().anyMatch(kill -> after ? kill.after(fire) : kill.quiet(fire)))
                .mapToLong(Fire::late)
                .toArray();
    }
}
