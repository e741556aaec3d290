package dev.belfry.bench;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.local.ChildJvm;
import dev.belfry.console.local.LocalZooKeeper;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.version.Author;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Every-second jobs on two agents: how many fires a second are sustained and how late they start.
 *
 * <p>Starts everything itself: one ZooKeeper server with fsync on and two agents, each in a JVM of its own. All shards of
 * all jobs are due at the same instant of every second, which is the hardest case for lateness.
 */
public final class SustainedFires {

    private static final int AGENTS = 2;
    private static final String NAMESPACE = "bench";

    private SustainedFires() {}

    /** Arguments: jobs, shards a job, seconds; or none for 10 × 10, 10 × 100 and 20 × 100 over 30 s each. */
    public static void main(String[] arguments) throws IOException, LocalZooKeeper.PortTaken {
        System.out.println("| jobs × shards | asked/s | fired/s | late p50 ms | p99 ms | max ms |");
        System.out.println("|---|---|---|---|---|---|");
        if (arguments.length == 3) {
            run(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
            return;
        }
        for (int[] size : new int[][] {{10, 10}, {10, 100}, {20, 100}}) {
            run(size[0], size[1], 30);
        }
    }

    private static void run(int jobs, int shards, int seconds) throws IOException, LocalZooKeeper.PortTaken {
        Path home = Files.createTempDirectory("belfry-bench-");
        LocalZooKeeper zookeeper = new LocalZooKeeper(home, home.resolve("logs"));
        List<ChildJvm> agents = new ArrayList<>();
        try {
            zookeeper.start(1, LocalZooKeeper.freePort());
            for (int i = 0; i < AGENTS; i++) {
                agents.add(agent(i, zookeeper, home));
            }
            try (BelfryClient client = BelfryClient.connect(zookeeper.connectString(), NAMESPACE)) {
                client.awaitConnected();
                client.apply(definitions(jobs, shards), new Author(Author.Origin.OPERATOR, "bench", ""));
                LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
            }
            agents.forEach(agent -> agent.stop(Duration.ofSeconds(30)));
            report(jobs, shards, seconds, home);
        } finally {
            agents.forEach(ChildJvm::kill);
            zookeeper.stop();
        }
    }

    private static ChildJvm agent(int i, LocalZooKeeper zookeeper, Path home) throws IOException {
        return ChildJvm.start(
                "agent-" + i,
                home.resolve("logs"),
                List.of("-Xmx1g"),
                BenchAgent.class.getName(),
                List.of(
                        zookeeper.connectString(),
                        NAMESPACE,
                        "agent-" + i,
                        home.resolve("late-" + i).toString(),
                        "16"));
    }

    private static List<JobDefinition> definitions(int jobs, int shards) {
        List<JobDefinition> definitions = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            definitions.add(Job.named("job-" + i)
                    .handler("bench")
                    .every(Duration.ofSeconds(1))
                    .shards(shards)
                    .build());
        }
        return definitions;
    }

    private static void report(int jobs, int shards, int seconds, Path home) throws IOException {
        long[] late = LongStream.empty().toArray();
        for (int i = 0; i < AGENTS; i++) {
            long[] more = Files.readAllLines(home.resolve("late-" + i)).stream()
                    .mapToLong(Long::parseLong)
                    .toArray();
            int length = late.length;
            late = Arrays.copyOf(late, length + more.length);
            System.arraycopy(more, 0, late, length, more.length);
        }
        Arrays.sort(late);
        System.out.printf(
                Locale.ROOT,
                "| %d × %d | %d | %.0f | %.1f | %.1f | %.1f |%n",
                jobs,
                shards,
                jobs * shards,
                late.length / (double) seconds,
                quantile(late, 0.5),
                quantile(late, 0.99),
                quantile(late, 1));
    }

    private static double quantile(long[] sorted, double part) {
        return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * part)] / 1_000.0;
    }
}
