package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import dev.belfry.bench.machine.Meter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How long the runs of a worker that is killed wait until they have all started on the other one. */
public final class RunAgentKilled implements RunWorkload {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BODY = Duration.ofMinutes(5);

    private final int runs;
    private final Load.Losses losses;

    /** @param runs under way on each of the two workers */
    RunAgentKilled(int runs, Load.Losses losses) {
        this.runs = runs;
        this.losses = losses;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    static RunAgentKilled usual() {
        return new RunAgentKilled(100, Load.Losses.USUAL.with(1));
    }

    @Override
    public String name() {
        return "run-killed-agent";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void measure(Bench bench, Asked asked) throws InterruptedException {
        String point = runs + " runs on it";
        // As they come, agents have too few threads for as many.
        if (asked.system().tuned()) {
            bench.attempt(asked.name(), point, () -> {
                bench.keep(asked.name(), point, seen(asked));
                return true;
            });
        }
    }

    private SortedMap<String, Double> seen(Asked asked) throws IOException, InterruptedException {
        try (RunCluster cluster = asked.start(new RunCluster.Setup(2, 2 * runs + runs / 2, BODY, losses))) {
            cluster.work();
            // One by one, so that each goes to the worker that has less to do, where a scheduler looks at that.
            int all = cluster.submit("waiting", 0, 2 * runs, PATIENCE, 1).runs();
            cluster.awaitStarts(all, PATIENCE);
            if (cluster.starts().size() < all) {
                throw new IOException(
                        "of " + all + " runs " + cluster.starts().size() + " are under way after a minute");
            }
            String victim = victim(cluster);
            Set<Integer> its = cluster.starts(victim).stream().map(Fire::job).collect(Collectors.toSet());
            Instant killed = Instant.now();
            cluster.kill(victim);
            Meter meter = Meter.begin(cluster.pids());
            cluster.awaitStarts(all + its.size(), PATIENCE);
            double others = meter.end().othersCores();
            Map<Integer, Long> again = new HashMap<>();
            for (Fire start : cluster.starts()) {
                if (start.start() > FireLog.micros(killed) && its.contains(start.job())) {
                    again.merge(start.job(), start.start() - FireLog.micros(killed), Math::min);
                }
            }
            SortedMap<String, Double> metrics = new TreeMap<>();
            metrics.put("runs", (double) its.size());
            metrics.put("never_again", (double) (its.size() - again.size()));
            // Those of the other worker are not to start anew.
            metrics.put("needless", (double) (cluster.starts().size() - all - again.size()));
            metrics.put("cpu_others_cores", others);
            metrics.putAll(RunWorkload.sessionEnd(cluster, killed));
            metrics.putAll(
                    Aftermath.seconds("elsewhere", again.values().stream().mapToLong(Long::longValue)));
            if (again.size() < its.size()) {
                metrics.remove("elsewhere_max_s");
            }
            return metrics;
        }
    }

    /** The one that has as many runs as it was meant to have, or more of them. */
    private String victim(RunCluster cluster) throws IOException {
        Map<String, Integer> starts = new TreeMap<>();
        for (String worker : cluster.workers()) {
            starts.put(worker, cluster.starts(worker).size());
        }
        List<String> sorted = starts.keySet().stream()
                .sorted(Comparator.comparing(worker -> Math.abs(starts.getOrDefault(worker, 0) - runs)))
                .toList();
        String nearest = sorted.get(0);
        return starts.getOrDefault(nearest, 0) > 0 ? nearest : sorted.get(sorted.size() - 1);
    }
}
