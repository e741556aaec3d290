package dev.belfry.history.export;

import dev.belfry.history.export.ExportStatus.State;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What an exporter tells about itself. Thread-safe. */
final class Tally {
    private static final int MOST_UNREADABLE = 100;

    private State state = State.STARTING;
    private long rows;
    private long counted;
    private Instant caughtUp = Instant.EPOCH;
    private String trouble = "";
    private final Set<String> unreadable = new LinkedHashSet<>();

    synchronized void state(State now, String why) {
        state = now;
        trouble = why;
    }

    synchronized void wrote(int some) {
        rows += some;
    }

    synchronized void counted(long fires) {
        counted += fires;
    }

    synchronized void caughtUp(Instant at) {
        caughtUp = at;
        notifyAll();
    }

    /** Waits until everything that was in the journal at {@code since} is exported. Whether that is so. */
    synchronized boolean awaitCaughtUp(Instant since, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (caughtUp.isBefore(since)) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || state == State.CLOSED) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** Whether this was not known yet. */
    synchronized boolean unreadable(String sentence) {
        return unreadable.size() < MOST_UNREADABLE && unreadable.add(sentence);
    }

    synchronized ExportStatus status() {
        return new ExportStatus(state, rows, counted, caughtUp, trouble, List.copyOf(unreadable));
    }
}
