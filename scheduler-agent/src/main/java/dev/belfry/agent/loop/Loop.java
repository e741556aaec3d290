package dev.belfry.agent.loop;

import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * The event loop of one role: runs one event at a time, in the order in which they were posted, and knows the time.
 *
 * <p>In production it is a thread; in a simulation it is a queue in virtual time. Everything a role owns is touched only
 * from its loop.
 */
public interface Loop extends Executor {

    /** The monotonic clock, in nanoseconds from an arbitrary origin. For leases, time-outs and back-off. */
    long nanoTime();

    /** The wall clock. For schedules and for people. */
    Instant now();

    /** Posts {@code event} to be run once {@code delayNanos} have passed on the monotonic clock. */
    Timer after(long delayNanos, Runnable event);

    /** A uniformly distributed number from 0 to {@code bound}, exclusive; seeded in a simulation. */
    long random(long bound);

    /** An event to come. */
    interface Timer {
        /** Makes sure that the event does not run, if it has not begun. Idempotent. */
        void cancel();
    }
}
