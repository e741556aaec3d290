package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.machine.Meter;
import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.TransactionLog;
import dev.belfry.bench.store.ZooKeeperStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How long the shards of an agent whose process is killed wait until they fire elsewhere, and what becomes of the fires that are
 * due meanwhile.
 */
public final class KilledAgent implements Workload {
    private static final List<String> OPTIONS = List.of("-Xmx512m");
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** As in every other measurement, a fire that has not started by then is lost. */
    private static final Duration SETTLE = Observation.GRACE;

    private static final int AGENTS = 3;

    private final List<Point> points;

    KilledAgent(List<Point> points) {
        this.points = List.copyOf(points);
    }

    /**
     * One loss.
     *
     * @param phase how long after an instant at which something is due the agent is killed; less than the period
     * @param master whether it is the master that is killed; for Belfry alone
     */
    record Point(String name, Load load, Duration phase, boolean master) {}

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    /** With the numbers of shards that the target names. */
    static KilledAgent usual() {
        Load second = Load.everySecond(AGENTS, 1, 100).losing(Load.Losses.USUAL);
        Load many =
                Load.everySecond(AGENTS, 1, 1_000).every(Duration.ofSeconds(10)).losing(Load.Losses.USUAL);
        Load underWay = Load.everySecond(AGENTS, 1, 12)
                .every(Duration.ofSeconds(20))
                .lasting(Duration.ofSeconds(5))
                .losing(Load.Losses.USUAL);
        return new KilledAgent(List.of(
                new Point("100 shards every second", second, Duration.ofMillis(500), false),
                new Point("1000 shards every 10 s", many, Duration.ofSeconds(9), false),
                new Point("1000 shards every 10 s; the master", many, Duration.ofSeconds(9), true),
                new Point("12 shards; their code under way", underWay, Duration.ofSeconds(1), false)));
    }

    @Override
    public String name() {
        return "killed-agent";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        for (Point point : points) {
            for (Contender contender : bench.contenders()) {
                if (!point.master() || contender.name().equals(Contender.BELFRY)) {
                    bench.attempt(contender, point.name(), () -> measure(bench, contender, point));
                }
            }
        }
    }

    private static boolean measure(Bench bench, Contender contender, Point point)
            throws IOException, InterruptedException {
        Load load = contender.abilities().shards() ? point.load() : point.load().unsharded();
        try (Cluster cluster = Cluster.start(contender, load, OPTIONS)) {
            Aftermath.awaitWarm(cluster, bench.options().warmUp());
            String victim = BelfryRecord.victim(cluster, point.master());
            Instant due = load.next(Instant.now());
            Pause.until(due.plus(point.phase()));
            Instant killed = Instant.now();
            cluster.kill(victim);
            Meter meter = Meter.begin(cluster.processes());
            Map<Fire.Shard, Fire> lost = Aftermath.last(cluster, killed).entrySet().stream()
                    .filter(last -> last.getValue().agent().equals(victim))
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, last -> last.getValue().fire()));
            if (lost.isEmpty()) {
                throw new IOException(victim + " had no part in what was fired last");
            }
            Map<Fire.Shard, Fire> again = Aftermath.awaitFirst(cluster, lost.keySet(), killed, victim, PATIENCE);
            double others = meter.end().othersCores();
            Instant until = load.next(Instant.now());
            Pause.until(until.plus(SETTLE));
            SortedMap<String, Double> metrics = new TreeMap<>();
            metrics.put("shards", (double) lost.size());
            metrics.put("cpu_others_cores", others);
            metrics.putAll(Aftermath.seconds(
                    "refire", again.values().stream().mapToLong(fire -> fire.start() - FireLog.micros(killed))));
            metrics.putAll(BelfryRecord.account(cluster, load.due(due, until)).metrics());
            metrics.putAll(Aftermath.series(cluster.fires(), killed, Duration.ofSeconds(5), Duration.ofSeconds(25)));
            if (cluster.store() instanceof ZooKeeperStore zookeeper) {
                metrics.putAll(sinceAllowed(zookeeper.log(), load, killed, lost, again));
            }
            bench.keep(contender, point.name(), metrics);
            return true;
        }
    }

    /**
     * From the instant at which the shards may be given away to the start of each elsewhere: the end of the session in the
     * server's log, or the end of the lease if that is later; a shard that was not due by then counts from when it was.
     */
    private static SortedMap<String, Double> sinceAllowed(
            TransactionLog log, Load load, Instant killed, Map<Fire.Shard, Fire> lost, Map<Fire.Shard, Fire> again)
            throws IOException {
        TransactionLog.SessionEnd end = log.firstEnd(killed)
                .orElseThrow(() -> new IOException("no session has ended since the agent was killed"));
        Instant lease = end.heartbeat()
                .map(heartbeat -> heartbeat.plus(load.losses().lease()))
                .orElse(end.at());
        Instant allowed = lease.isAfter(end.at()) ? lease : end.at();
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put("session_end_s", Duration.between(killed, end.at()).toMillis() / 1e3);
        metrics.put("allowed_s", Duration.between(killed, allowed).toMillis() / 1e3);
        metrics.putAll(Aftermath.quantiles(
                "takeover",
                "ms",
                1e3,
                lost.entrySet().stream()
                        .flatMapToLong(last -> Stream.ofNullable(again.get(last.getKey()))
                                .mapToLong(fire -> fire.start()
                                        - Math.max(FireLog.micros(allowed), nextDue(load, last.getValue()))))));
        return metrics;
    }

    /** What the shard owed next when its owner was killed: the fire under way, or the one after the last. */
    private static long nextDue(Load load, Fire last) {
        boolean underWay = !load.body().isZero() && last.ended() == 0;
        return underWay ? last.due() : last.due() + load.period().toNanos() / 1_000;
    }
}
