package dev.belfry.bench;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.RunHandle;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.bench.store.ZooKeeperStore;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.version.Author;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * How many runs a second one client makes durable, against a server in a JVM of its own, on disk with fsync on: one caller that
 * does not wait for answers, 64 that do, one that does, and batches. Nobody takes the runs out again. Prints the median of the
 * rounds of each, and with what the slowest one came out.
 */
public final class SubmitRate {
    private static final String JOB = "load";
    private static final Map<String, String> PARAMETERS = Map.of("day", "monday");

    private final BelfryClient client;
    private final int rounds;

    private SubmitRate(BelfryClient client, int rounds) {
        this.client = client;
        this.rounds = rounds;
    }

    /** One way to submit, and how many runs it makes. */
    private interface Way {
        int submit() throws Exception;
    }

    /** Arguments: rounds of each way, 7 unless set. */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        Path home = Files.createTempDirectory("belfry-submit-rate");
        try (ZooKeeperStore store = ZooKeeperStore.start(home);
                BelfryClient client = BelfryClient.connect(store.address(), "bench")) {
            client.awaitConnected();
            client.apply(
                    Job.named(JOB).manual().placement(Placement.QUEUED).build(),
                    new Author(Author.Origin.OPERATOR, "bench", ""));
            System.out.println(ZooKeeperStore.configuration());
            new SubmitRate(client, rounds).run();
        }
    }

    private void run() throws Exception {
        measure("one caller, pipelined", () -> pipelined(20_000));
        measure("64 callers, each waits", () -> blocking(64, 100));
        measure("one caller that waits", () -> blocking(1, 200));
        measure("batches of 10,000", () -> batch(10_000));
    }

    private void measure(String name, Way way) throws Exception {
        way.submit();
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            long began = System.nanoTime();
            int runs = way.submit();
            rates.add(runs * 1e9 / (System.nanoTime() - began));
        }
        Collections.sort(rates);
        System.out.printf(
                Locale.ROOT,
                "%-24s median %,10.0f runs a second, slowest %,10.0f, fastest %,10.0f, %d rounds%n",
                name,
                rates.get(rates.size() / 2),
                rates.get(0),
                rates.get(rates.size() - 1),
                rounds);
    }

    private int pipelined(int runs) {
        List<CompletableFuture<RunHandle>> answers = new ArrayList<>(runs);
        for (int i = 0; i < runs; i++) {
            answers.add(client.submit(JOB, PARAMETERS, SubmitOptions.usual()));
        }
        answers.forEach(CompletableFuture::join);
        return runs;
    }

    private int blocking(int callers, int each) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        for (int caller = 0; caller < callers; caller++) {
            threads.execute(() -> {
                for (int i = 0; i < each; i++) {
                    client.submit(JOB, PARAMETERS, SubmitOptions.usual()).join();
                }
            });
        }
        threads.shutdown();
        if (!threads.awaitTermination(5, TimeUnit.MINUTES)) {
            throw new IllegalStateException("not done in five minutes");
        }
        return callers * each;
    }

    private int batch(int runs) {
        client.submitAll(JOB, Collections.nCopies(runs, PARAMETERS), SubmitOptions.usual())
                .forEach(CompletableFuture::join);
        return runs;
    }
}
