package dev.belfry.bench.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many runs a second one client makes durable, in the ways in which a client can. Nobody takes them meanwhile. Then two workers
 * do, and their notes say whether everything is there that was acknowledged.
 */
public final class RunSubmissions implements RunWorkload {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<Way> ways;

    RunSubmissions(List<Way> ways) {
        this.ways = List.copyOf(ways);
    }

    /**
     * One way to submit.
     *
     * @param way as the submitting process calls it
     * @param before at most, in the same way, and not measured: together no more than may be queued
     * @param count at most; what is acknowledged before the time is over counts
     * @param extra callers, or runs in a batch
     * @param peers whether callers of the others can do that too
     */
    record Way(String name, String way, int before, int count, int extra, boolean peers) {}

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    /** As many as a client of Belfry submits in a few seconds. */
    static RunSubmissions usual() {
        return new RunSubmissions(List.of(
                new Way("one caller that does not wait", "pipelined", 30_000, 60_000, 1, false),
                new Way("64 callers that wait", "waiting", 20_000, 60_000, 64, true),
                new Way("one caller that waits", "waiting", 500, 2_000, 1, true),
                new Way("batches of 10000", "batches", 40_000, 50_000, 10_000, true)));
    }

    @Override
    public String name() {
        return "run-submissions";
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        for (Way way : ways) {
            for (Asked asked : RunWorkload.all(bench)) {
                if (asked.belfry() || way.peers()) {
                    measure(bench, asked, way);
                }
            }
        }
    }

    @Override
    public void measure(Bench bench, Asked asked) throws InterruptedException {
        for (Way way : ways) {
            measure(bench, asked, way);
        }
    }

    private static void measure(Bench bench, Asked asked, Way way) throws InterruptedException {
        bench.attempt(asked.name(), way.name(), () -> {
            bench.keep(asked.name(), way.name(), seen(asked, way, bench.options()));
            return true;
        });
    }

    private static SortedMap<String, Double> seen(Asked asked, Way way, Options options)
            throws IOException, InterruptedException {
        RunCluster.Setup setup = RunCluster.Setup.USUAL.losing(Load.Losses.NONE.with(1));
        try (RunCluster cluster = asked.start(setup)) {
            RunCluster.Acknowledged before = cluster.submit(way.way(), 0, way.before(), options.warmUp(), way.extra());
            RunCluster.Acknowledged measured =
                    cluster.submit(way.way(), before.runs(), way.count(), options.time(), way.extra());
            long all = (long) before.runs() + measured.runs();
            cluster.work();
            cluster.awaitStarts(all, PATIENCE);
            SortedMap<String, Double> metrics = new TreeMap<>(RunWorkload.account(all, cluster.starts()));
            metrics.put("acknowledged_per_s", measured.perSecond());
            return metrics;
        }
    }
}
