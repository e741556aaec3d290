package dev.belfry.bench;

import dev.belfry.agent.Agent;
import dev.belfry.agent.JobContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * One agent of a measurement, in a JVM of its own. Its handler does nothing but note how late it was started; the notes
 * are the evidence, not the scheduler's counters.
 */
public final class BenchAgent {

    private final Object lock = new Object();
    private long[] lateMicros = new long[1 << 16];
    private int fires;

    private BenchAgent() {}

    /** Arguments: connect string, namespace, agent id, file for the notes, slots. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        BenchAgent bench = new BenchAgent();
        try (Agent agent = Agent.builder()
                .zookeeper(arguments[0])
                .namespace(arguments[1])
                .id(arguments[2])
                .sessionTimeout(Duration.ofSeconds(10))
                .slots(Integer.parseInt(arguments[4]))
                .handler("bench", bench::fire)
                .start()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> bench.write(Path.of(arguments[3])), "bench-notes"));
            agent.awaitTermination();
        }
    }

    private void fire(JobContext context) {
        long late = Duration.between(context.scheduledTime(), Instant.now()).toNanos() / 1_000;
        synchronized (lock) {
            if (fires == lateMicros.length) {
                lateMicros = Arrays.copyOf(lateMicros, fires * 2);
            }
            lateMicros[fires++] = late;
        }
    }

    private void write(Path file) {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            synchronized (lock) {
                for (int i = 0; i < fires; i++) {
                    out.println(lateMicros[i]);
                }
            }
        } catch (IOException e) {
            System.err.println("notes lost: " + e.getMessage());
        }
    }
}
