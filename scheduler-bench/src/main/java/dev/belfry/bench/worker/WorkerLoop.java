package dev.belfry.bench.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * What an agent's process does once its scheduler runs: says so, answers questions, and closes when its input ends.
 *
 * <p>Uses nothing but the JDK, because it runs inside the peers' processes as well.
 */
public final class WorkerLoop {
    private static final String ANSWER = "@bench ";

    private WorkerLoop() {}

    /**
     * Answers {@code ready} and the milliseconds that it took to register the jobs; then to each line {@code state} the threads
     * and the bytes of heap after a collection. Returns never: ends the process after the scheduler has closed.
     */
    public static void serve(AutoCloseable scheduler, long began) throws Exception {
        serve(scheduler, began, question -> state());
    }

    /** What answers the questions. */
    interface Answers {
        String to(String question) throws Exception;
    }

    static void serve(AutoCloseable scheduler, long began, Answers answers) throws Exception {
        say("ready " + (System.nanoTime() - began) / 1_000_000);
        try (BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String question = questions.readLine(); question != null; question = questions.readLine()) {
                say(answers.to(question));
            }
        } catch (IOException e) {
            System.err.println("input is lost: " + e.getMessage());
        }
        scheduler.close();
        // Peers leave threads behind that would keep the process.
        System.exit(0);
    }

    private static String state() {
        System.gc();
        return ManagementFactory.getThreadMXBean().getThreadCount() + " "
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void say(String answer) {
        System.out.println(ANSWER + answer);
        System.out.flush();
    }
}
