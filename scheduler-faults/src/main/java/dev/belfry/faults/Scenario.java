package dev.belfry.faults;

import dev.belfry.core.schedule.Durations;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/**
 * What scenarios have in common: a time, a seed, a directory that keeps the evidence, and a report that says what was measured
 * and what was broken. The exit status is 0 if every promise was kept, 1 if not, 2 for wrong usage.
 */
abstract class Scenario implements Callable<Integer> {
    @Option(names = "--for", paramLabel = "DURATION", description = "How long at most; each scenario has a default.")
    private String length = "";

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
    long seed = 1;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "target/faults",
            description = "Data, logs, evidence and the report, a directory for each run; default ${DEFAULT-VALUE}.")
    Path directory = Path.of("target/faults");

    private final long began = System.nanoTime();
    private final List<String> lines = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();

    /** What it does; the directory is new. */
    abstract void run(Path place) throws IOException;

    abstract String name();

    abstract Duration usualLength();

    final Duration length() {
        return length.isEmpty() ? usualLength() : Durations.parse(length);
    }

    @Override
    public final Integer call() throws IOException {
        Path place = directory.resolve(name() + "-seed-" + seed + "-" + System.currentTimeMillis());
        Files.createDirectories(place);
        run(place);
        broken.forEach(promise -> say("BROKEN: " + promise));
        say(broken.isEmpty() ? "Every promise was kept." : broken.size() + " broken promises.");
        Files.write(place.resolve("report.txt"), lines);
        return broken.isEmpty() ? 0 : 1;
    }

    /** What was broken, one sentence each. */
    final List<String> broken() {
        return List.copyOf(broken);
    }

    final void broke(String promise) {
        broken.add(promise);
    }

    final void say(String what) {
        String line = String.format(Locale.ROOT, "%7.1f s  %s", (System.nanoTime() - began) / 1e9, what);
        lines.add(line);
        System.out.println(line);
    }

    /** What is done with a cluster. */
    interface Work {
        void with(Cluster cluster) throws IOException;
    }

    /** Starts a cluster, does the work and removes everything, whatever happens. */
    final void cluster(Path place, Cluster.Cast cast, Work work) throws IOException {
        Network network = Network.best();
        Thread rescue = new Thread(network::close, "network-removal");
        Runtime.getRuntime().addShutdownHook(rescue);
        try (network;
                Cluster cluster = new Cluster(network, place, cast)) {
            Thread killer = new Thread(cluster::endProcesses, "process-removal");
            Runtime.getRuntime().addShutdownHook(killer);
            try {
                work.with(cluster);
            } finally {
                Runtime.getRuntime().removeShutdownHook(killer);
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(rescue);
        }
    }

    /** What the monotonic clock showed, or would have shown, at the epoch, in nanoseconds. */
    static long zero() {
        java.time.Instant now = java.time.Instant.now();
        return System.nanoTime() - now.getEpochSecond() * 1_000_000_000 - now.getNano();
    }
}
