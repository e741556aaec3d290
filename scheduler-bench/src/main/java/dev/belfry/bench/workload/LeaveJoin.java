package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many of 200 shards move when one of 20 agents leaves in good order, and when one joins. Who owns a shard is told by who
 * ran its fire.
 */
public final class LeaveJoin implements Workload {
    private static final int AGENTS = 20;
    private static final int SHARDS = 200;
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int PERIODS_OF_PATIENCE = 12;
    /** Agents that do next to nothing: small heaps, so that twenty of them fit. */
    private static final List<String> OPTIONS = List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(new LeaveJoin()), Options.parse(words));
    }

    @Override
    public String name() {
        return "leave-join";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        Random random = new Random(bench.repeat());
        int leaver = random.nextInt(AGENTS);
        for (Contender contender : bench.contenders()) {
            if (contender.store() == Store.Kind.ZOOKEEPER) {
                bench.attempt(contender, "all", () -> measure(bench, contender, "agent-" + leaver));
            }
        }
    }

    private static boolean measure(Bench bench, Contender contender, String leaver)
            throws IOException, InterruptedException {
        Load load = Load.everySecond(AGENTS, 1, SHARDS).every(PERIOD);
        try (Cluster cluster = Cluster.start(contender, load, OPTIONS)) {
            Owners before = settled(cluster, 0, "agent-0");
            cluster.leave(leaver);
            Owners without = settled(cluster, now(), cluster.agents().get(0));
            bench.keep(
                    contender,
                    "1 of 20 leaves",
                    moved(before, without, cluster.agents().size() + 1));
            String newcomer = cluster.join();
            Owners with = settled(cluster, now(), newcomer);
            bench.keep(
                    contender,
                    "1 joins 19",
                    moved(without, with, cluster.agents().size()));
            return true;
        }
    }

    private static long now() {
        return System.currentTimeMillis() * 1_000;
    }

    private static SortedMap<String, Double> moved(Owners before, Owners after, int agents) {
        SortedMap<String, Double> metrics = new TreeMap<>();
        long moved = before.of().entrySet().stream()
                .filter(owner -> !owner.getValue().equals(after.of().get(owner.getKey())))
                .count();
        metrics.put("moved_percent", 100.0 * moved / SHARDS);
        metrics.put("minimum_percent", 100.0 / agents);
        metrics.put("agents_with_shards", (double)
                after.of().values().stream().distinct().count());
        metrics.put("seconds_between", (after.due() - before.due()) / 1e6);
        return metrics;
    }

    /**
     * Who ran which shard.
     *
     * @param due of the fire, microseconds since 1970
     */
    private record Owners(long due, Map<Integer, String> of) {}

    /**
     * The second complete fire due after {@code after} in which {@code agent} has a part: the first may be from the middle of
     * the moves.
     */
    private static Owners settled(Cluster cluster, long after, String agent) throws IOException {
        return complete(cluster, complete(cluster, after, agent).due(), agent);
    }

    private static Owners complete(Cluster cluster, long after, String agent) throws IOException {
        for (int i = 0; i < PERIODS_OF_PATIENCE * PERIOD.toSeconds(); i++) {
            Optional<Owners> found = find(cluster, after, agent);
            if (found.isPresent()) {
                return found.get();
            }
            Pause.of(Duration.ofSeconds(1));
        }
        throw new IOException("within " + PERIODS_OF_PATIENCE + " periods no fire had all its " + SHARDS
                + " shards and " + agent + " among those who ran them");
    }

    private static Optional<Owners> find(Cluster cluster, long after, String wanted) throws IOException {
        SortedMap<Long, Map<Integer, String>> fires = new TreeMap<>();
        for (String agent : cluster.agents()) {
            for (Fire fire : cluster.fires(agent)) {
                if (fire.due() > after) {
                    fires.computeIfAbsent(fire.due(), due -> new TreeMap<>()).put(fire.shard(), agent);
                }
            }
        }
        return fires.entrySet().stream()
                .filter(fire ->
                        fire.getValue().size() == SHARDS && fire.getValue().containsValue(wanted))
                .findFirst()
                .map(fire -> new Owners(fire.getKey(), fire.getValue()));
    }
}
