package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.ZooKeeperStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A question about runs that are submitted; it is put to every way in which a scheduler is set up for them. */
interface RunWorkload extends Workload {

    /** One scheduler in one of the ways in which it is set up for runs. */
    record Asked(Contender contender, Contender.OneOffs system) {
        String name() {
            return system.name();
        }

        boolean belfry() {
            return contender.name().equals(Contender.BELFRY);
        }

        RunCluster start(RunCluster.Setup setup) throws IOException, InterruptedException {
            return RunCluster.start(contender, system, setup);
        }
    }

    /** Measures one point or several, and keeps what it says. */
    void measure(Bench bench, Asked asked) throws InterruptedException;

    @Override
    default void repeat(Bench bench) throws InterruptedException {
        for (Asked asked : all(bench)) {
            measure(bench, asked);
        }
    }

    /** Everybody who can be asked, in the order of this repeat. */
    static List<Asked> all(Bench bench) {
        return bench.contenders().stream()
                .flatMap(contender -> contender.oneOffs().stream().map(system -> new Asked(contender, system)))
                .toList();
    }

    @Override
    default Map<String, String> systems(Contender contender) {
        Map<String, String> systems = new LinkedHashMap<>();
        String store = contender.configuration().get(contender.configuration().size() - 1);
        contender.oneOffs().forEach(system -> systems.put(system.name(), system.configuration() + "; " + store));
        return systems;
    }

    /**
     * What became of runs that were acknowledged, by the notes of the handlers: {@code lost}, those that never started, and
     * {@code again}, starts of runs that had started before.
     */
    static SortedMap<String, Double> account(long acknowledged, Collection<Fire> starts) {
        long distinct = starts.stream().mapToInt(Fire::job).distinct().count();
        return new TreeMap<>(Map.of(
                "acknowledged", (double) acknowledged,
                "lost", (double) Math.max(0, acknowledged - distinct),
                "again", (double) (starts.size() - distinct)));
    }

    /** When the server ended the session of what was killed, in seconds from the kill; nothing of a store without sessions. */
    static SortedMap<String, Double> sessionEnd(RunCluster cluster, Instant killed) throws IOException {
        SortedMap<String, Double> metrics = new TreeMap<>();
        if (cluster.store() instanceof ZooKeeperStore zookeeper) {
            zookeeper
                    .log()
                    .firstEnd(killed)
                    .ifPresent(end -> metrics.put(
                            "session_end_s", Duration.between(killed, end.at()).toMillis() / 1e3));
        }
        return metrics;
    }
}
