package dev.belfry.faults.machine;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Passes time while processes live their own lives. */
public final class Waiting {
    private static final long STEP_NANOS = Duration.ofMillis(20).toNanos();

    private Waiting() {}

    /** Lets time pass. */
    public static void pass(Duration time) {
        boolean never = until(() -> false, time);
        if (never) {
            throw new IllegalStateException("unreachable");
        }
    }

    /** Waits until {@code condition} holds, looking every 20 ms; whether it did in time. */
    public static boolean until(BooleanSupplier condition, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("interrupted");
            }
            LockSupport.parkNanos(Math.min(left, STEP_NANOS));
        }
        return true;
    }

    /** Waits, or says what did not come. */
    public static void require(String what, BooleanSupplier condition, Duration atMost) {
        if (!until(condition, atMost)) {
            throw new IllegalStateException("not within " + atMost.toSeconds() + " s: " + what);
        }
    }
}
