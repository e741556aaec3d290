package dev.belfry.bench.workload;

import dev.belfry.bench.evidence.Fire;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How long after its submission a run starts that finds two workers idle. */
public final class RunLatency implements RunWorkload {
    private static final String POINT = "idle";
    /** No multiple of an interval at which somebody may look. */
    private static final int GAP_MILLIS = 97;

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(new RunLatency()), Options.parse(words));
    }

    @Override
    public String name() {
        return "run-latency";
    }

    @Override
    public void measure(Bench bench, Asked asked) throws InterruptedException {
        bench.attempt(asked.name(), POINT, () -> {
            bench.keep(asked.name(), POINT, seen(asked, bench.options()));
            return true;
        });
    }

    private static SortedMap<String, Double> seen(Asked asked, Options options)
            throws IOException, InterruptedException {
        try (RunCluster cluster = asked.start(RunCluster.Setup.USUAL)) {
            cluster.work();
            int warm = cluster.submit("paced", 0, Integer.MAX_VALUE / 2, options.warmUp(), GAP_MILLIS)
                    .runs();
            int measured = cluster.submit("paced", warm, Integer.MAX_VALUE / 2, options.time(), GAP_MILLIS)
                    .runs();
            // As they come, one scheduler looks every ten seconds.
            cluster.awaitStarts((long) warm + measured, options.time().plusSeconds(15));
            List<Fire> starts = cluster.starts();
            SortedMap<String, Double> metrics = new TreeMap<>(RunWorkload.account((long) warm + measured, starts));
            metrics.putAll(Aftermath.quantiles(
                    "start",
                    "ms",
                    1e3,
                    starts.stream().filter(start -> start.job() >= warm).mapToLong(Fire::late)));
            return metrics;
        }
    }
}
