package dev.belfry.testkit.store;

import java.util.TreeSet;

/** A session as the log of the ensemble has it. Who owns its connection and when it expires only a leader knows. */
final class SimSession {
    final long id;
    final long timeoutNanos;

    /** Paths that vanish with it. */
    final TreeSet<String> ephemerals = new TreeSet<>();

    /** Its end is committed. */
    boolean over;

    SimSession(long id, long timeoutNanos) {
        this.id = id;
        this.timeoutNanos = timeoutNanos;
    }
}
