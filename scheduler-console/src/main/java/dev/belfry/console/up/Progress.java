package dev.belfry.console.up;

import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The lines that {@code belfry up} prints, each with the time, and its waits, which Ctrl-C ends. Thread-safe. */
final class Progress {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final PrintStream out = System.out;
    private final CountDownLatch interrupted = new CountDownLatch(1);

    void say(String line) {
        out.println(CLOCK.format(LocalTime.now(ZoneId.systemDefault())) + "  " + line);
        out.flush();
    }

    /** Whether somebody looks on: the launcher tells. Then every change is shown, else only those that matter. */
    boolean isTerminal() {
        return Boolean.getBoolean("belfry.terminal");
    }

    /** Somebody wants an end. */
    void interrupt() {
        interrupted.countDown();
    }

    boolean isInterrupted() {
        return interrupted.getCount() == 0;
    }

    /** Waits so long, or until somebody wants an end. */
    void pause(Duration atMost) {
        await(interrupted, atMost);
    }

    static void await(CountDownLatch latch, Duration atMost) {
        try {
            latch.await(Math.max(1, atMost.toMillis()), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
