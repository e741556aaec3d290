package dev.belfry.core.ownership;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a master, or a candidate that may become one, knows of the life of other incarnations, by its own monotonic
 * clock; and from when on it may replace one.
 *
 * <p>An owner that is gone may be replaced once {@code 1.1 L} has passed since the last proof of its life: the event of
 * its last heartbeat if every event up to the deletion of its registration was seen, else the moment at which it was
 * first found gone.
 *
 * <p>Not thread-safe; owned by one event loop.
 */
public final class ProofOfLife {

    private static final class Life {
        /** Last proof, valid only while {@code unbroken}. */
        long lastProof;
        /** Whether every event since {@code lastProof} has been seen. */
        boolean unbroken;

        boolean gone;
        long foundGone;
        /** By its registration; zero while that was never read. */
        Duration lease = Duration.ZERO;
    }

    private final Map<String, Life> lives = new HashMap<>();

    /** The incarnation was found registered; {@code sessionTimeout} is what its registration says. */
    public void registered(String incarnation, Duration sessionTimeout) {
        Life life = lives.computeIfAbsent(incarnation, i -> new Life());
        life.lease = Lease.length(sessionTimeout);
        life.gone = false;
    }

    /** A change of its heartbeat was reported. */
    public void heartbeat(String incarnation, long nowNanos) {
        Life life = lives.get(incarnation);
        if (life != null && !life.gone) {
            life.lastProof = nowNanos;
            life.unbroken = true;
        }
    }

    /** Events may have been missed: from here on only a new heartbeat is a proof. */
    public void doubt() {
        lives.values().forEach(life -> life.unbroken = false);
    }

    /** Its registration was found gone, whether it was ever read or not. */
    public void gone(String incarnation, long nowNanos) {
        Life life = lives.computeIfAbsent(incarnation, i -> new Life());
        if (!life.gone) {
            life.gone = true;
            life.foundGone = nowNanos;
        }
    }

    /**
     * How long the incarnation has still to be waited for, in nanoseconds; 0 if it may be replaced,
     * {@link Long#MAX_VALUE} while it is not known to be gone.
     *
     * @param longestTimeout the longest session time-out of any incarnation that was ever granted anything: it counts for
     *     one whose registration was never read
     */
    public long waitNanos(String incarnation, Duration longestTimeout, long nowNanos) {
        Life life = lives.get(incarnation);
        return life == null || !life.gone ? Long.MAX_VALUE : Math.max(0, left(life, longestTimeout, nowNanos));
    }

    /**
     * For how long, in nanoseconds, the lease of an incarnation that may be replaced has certainly been over; 0 if it may
     * not, or is not known.
     *
     * @param longestTimeout as for {@link #waitNanos}
     */
    public long overNanos(String incarnation, Duration longestTimeout, long nowNanos) {
        Life life = lives.get(incarnation);
        return life == null || !life.gone ? 0 : Math.max(0, -left(life, longestTimeout, nowNanos));
    }

    private static long left(Life life, Duration longestTimeout, long nowNanos) {
        long from = life.unbroken ? life.lastProof : life.foundGone;
        long lease = (life.lease.isZero() ? Lease.length(longestTimeout) : life.lease).toNanos();
        return lease + lease / 10 - (nowNanos - from);
    }

    /** Forgets every incarnation that {@code needed} does not ask for. */
    public void keepOnly(Predicate<String> needed) {
        lives.keySet().removeIf(needed.negate());
    }
}
