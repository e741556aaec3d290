package dev.belfry.core.ownership;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The time for which an incarnation may act as owner, by its own clocks.
 *
 * <p>A heartbeat that was sent at {@code t} on the monotonic clock and has been acknowledged gives a lease until
 * {@code t + L}, where L is two thirds of the session time-out that was granted. Nothing is assumed about when the
 * ensemble ends the session: whoever replaces the owner waits for {@code 1.1 L} instead ({@link ProofOfLife}). The wall
 * clock may shorten a lease, never lengthen it: a machine that was suspended wakes with its monotonic clock unmoved.
 *
 * <p>Changed by one event loop alone; what is left may be asked from any thread, and the answer is never mixed from two
 * heartbeats.
 */
public final class Lease {

    /** How much further than the monotonic clock the wall clock may get before the lease is taken for over. */
    static final Duration WALL_CLOCK_ALLOWANCE = Duration.ofMillis(500);

    /** When the heartbeat that gave the present lease was sent, by both clocks. */
    private record Sent(long nanos, Instant at) {}

    private final long length;
    /** Null while no lease is held. */
    private volatile @Nullable Sent last;
    /** When the wall clock was last found to have gone too far, on the monotonic clock: what was sent before counts no more. */
    private volatile OptionalLong distrusted = OptionalLong.empty();

    /** A lease not yet held, of two thirds of {@code sessionTimeout}. */
    public Lease(Duration sessionTimeout) {
        this.length = length(sessionTimeout).toNanos();
    }

    /** L for a session time-out. */
    public static Duration length(Duration sessionTimeout) {
        return sessionTimeout.multipliedBy(2).dividedBy(3);
    }

    /** Time between two heartbeats: a quarter of L, in nanoseconds. */
    public long periodNanos() {
        return length / 4;
    }

    /** How long a heartbeat may stay unanswered before another server is tried: a third of L, in nanoseconds. */
    public long patienceNanos() {
        return length / 3;
    }

    /**
     * A heartbeat has been acknowledged, and everything that was seen before the acknowledgement has been applied.
     *
     * @param nanos monotonic clock when it was sent
     * @param at wall clock when it was sent
     */
    public void renew(long nanos, Instant at) {
        Sent before = last;
        if (distrusted.isPresent() && nanos - distrusted.getAsLong() <= 0) {
            return;
        }
        if (before == null || nanos - before.nanos() > 0) {
            last = new Sent(nanos, at);
        }
    }

    /** Gives the lease up at once. */
    public void end() {
        last = null;
    }

    /**
     * Whether an attempt may start now; asked by the loop alone. What the wall clock has ended once stays ended, even if that
     * clock is set back: the machine may have been suspended.
     */
    public boolean holds(long nowNanos, Instant now) {
        Sent sent = last;
        if (sent != null && hasParted(sent, nowNanos, now)) {
            distrusted = OptionalLong.of(nowNanos);
            end();
        }
        return remainingNanos(nowNanos, now) > 0;
    }

    private static boolean hasParted(Sent sent, long nowNanos, Instant now) {
        long wallElapsed = Duration.between(sent.at(), now).toNanos();
        return wallElapsed - (nowNanos - sent.nanos()) > WALL_CLOCK_ALLOWANCE.toNanos();
    }

    /** What is left, in nanoseconds; 0 if it is over. */
    public long remainingNanos(long nowNanos, Instant now) {
        Sent sent = last;
        if (sent == null) {
            return 0;
        }
        return hasParted(sent, nowNanos, now) ? 0 : Math.max(0, length - (nowNanos - sent.nanos()));
    }
}
