package dev.belfry.agent.client;

/**
 * Until when an operation goes on trying.
 *
 * @param nanos on the monotonic clock of its loop
 */
record Deadline(long nanos) {

    boolean passed(long nowNanos) {
        return nowNanos - nanos >= 0;
    }

    long left(long nowNanos) {
        return Math.max(0, nanos - nowNanos);
    }
}
