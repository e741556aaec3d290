package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Account;
import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.evidence.Quantiles;
import dev.belfry.bench.report.Measure;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/** What follows from notes about the time around the instant at which something broke. */
final class Aftermath {
    private static final double SECOND = 1e6;
    private static final Duration START = Duration.ofMinutes(3);

    private Aftermath() {}

    /** By second from {@code -before} until {@code after}; a second without fires that ran has no metric. */
    static SortedMap<String, Double> series(List<Fire> fires, Instant broken, Duration before, Duration after) {
        long origin = FireLog.micros(broken);
        SortedMap<String, Double> series = new TreeMap<>();
        for (Fire fire : fires) {
            long second = Math.floorDiv(fire.due() - origin, (long) SECOND);
            if (second >= -before.toSeconds() && second < after.toSeconds()) {
                series.merge(Measure.LATE_IN_SECOND + second, fire.late() / 1e3, Math::max);
            }
        }
        return series;
    }

    /** Median, 99 of 100, and the greatest, as metrics {@code NAME_p50_UNIT} and so on. */
    static SortedMap<String, Double> quantiles(String name, String unit, double microsAUnit, LongStream micros) {
        long[] sorted = micros.sorted().toArray();
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put(name + "_p50_" + unit, Quantiles.of(sorted, 0.5) / microsAUnit);
        metrics.put(name + "_p99_" + unit, Quantiles.of(sorted, 0.99) / microsAUnit);
        metrics.put(name + "_max_" + unit, Quantiles.of(sorted, 1) / microsAUnit);
        metrics.values().removeIf(value -> value.isNaN());
        return metrics;
    }

    /** The same in seconds. */
    static SortedMap<String, Double> seconds(String name, LongStream micros) {
        return quantiles(name, "s", SECOND, micros);
    }

    /**
     * Waits until everything has fired once, and then as long as the warm-up.
     *
     * @throws IOException if it has not within the patience, or what is due in a period does not start in the one after it: what
     *     a loss does to a scheduler that does not keep up without one cannot be told
     */
    static void awaitWarm(Cluster cluster, Duration warmUp) throws IOException {
        Load load = cluster.load();
        List<Fire.Shard> all = load.due(Instant.EPOCH, Instant.EPOCH.plus(load.period())).stream()
                .map(Fire.Key::of)
                .toList();
        awaitFirst(cluster, Set.copyOf(all), Instant.EPOCH, "", START);
        Instant from = load.next(Instant.now().plus(warmUp));
        Pause.until(from.plus(load.period().multipliedBy(2)));
        Account quiet = Account.of(load.due(from, from.plus(load.period())), cluster.fires(), Set.of());
        if (quiet.lost() > 0) {
            throw new IOException("it does not keep up when nothing is lost: of " + quiet.due()
                    + " fires of one period " + quiet.lost() + " had not started at the end of the next");
        }
    }

    /** The last fire of each shard that started before an instant, with the agent that ran it. */
    static Map<Fire.Shard, Last> last(Cluster cluster, Instant before) throws IOException {
        Map<Fire.Shard, Last> last = new HashMap<>();
        for (String agent : cluster.everyone()) {
            for (Fire fire : cluster.fires(agent)) {
                if (fire.start() < FireLog.micros(before)) {
                    last.merge(
                            fire.of(),
                            new Last(agent, fire),
                            (one, other) -> one.fire().start() > other.fire().start() ? one : other);
                }
            }
        }
        return last;
    }

    /** A fire, and who ran it. */
    record Last(String agent, Fire fire) {}

    /** The first start of each of {@code shards} after an instant on any agent but one. */
    static Map<Fire.Shard, Fire> first(Cluster cluster, Collection<Fire.Shard> shards, Instant after, String otherThan)
            throws IOException {
        Map<Fire.Shard, Fire> first = new HashMap<>();
        for (String agent : cluster.everyone()) {
            for (Fire fire : agent.equals(otherThan) ? List.<Fire>of() : cluster.fires(agent)) {
                if (fire.start() > FireLog.micros(after) && shards.contains(fire.of())) {
                    first.merge(fire.of(), fire, (one, other) -> one.start() < other.start() ? one : other);
                }
            }
        }
        return first;
    }

    /**
     * The same, once there is one of each.
     *
     * @throws IOException if there is not in time
     */
    static Map<Fire.Shard, Fire> awaitFirst(
            Cluster cluster, Collection<Fire.Shard> shards, Instant after, String otherThan, Duration patience)
            throws IOException {
        Instant deadline = Instant.now().plus(patience);
        Map<Fire.Shard, Fire> first = first(cluster, shards, after, otherThan);
        while (first.size() < shards.size()) {
            if (Instant.now().isAfter(deadline)) {
                throw new IOException("only " + first.size() + " of " + shards.size() + " shards have fired within "
                        + patience.toSeconds() + " s");
            }
            Pause.of(Duration.ofSeconds(1));
            first = first(cluster, shards, after, otherThan);
        }
        return first;
    }
}
