package dev.belfry.master;

import dev.belfry.agent.loop.Loop;
import java.time.Duration;
import java.time.Instant;

/**
 * The ensemble's clock, as the stamps of one master's own writes tell it: never behind it, however slow this machine's
 * clocks are, and ahead by what the last write took and what this machine's clocks have gained since.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class StampedClock {
    private final Loop loop;
    private Instant stamp = Instant.EPOCH;
    private long sentNanos;
    private Instant sentAt = Instant.EPOCH;

    StampedClock(Loop loop) {
        this.loop = loop;
    }

    /** A moment of this machine, to be told to {@link #stamped} with the answer. */
    record Sent(long nanos, Instant at) {}

    /** A write is about to be sent. */
    Sent sending() {
        return new Sent(loop.nanoTime(), loop.now());
    }

    /** The write sent then was stamped by the ensemble. */
    void stamped(Sent sent, Instant by) {
        stamp = by;
        sentNanos = sent.nanos();
        sentAt = sent.at();
    }

    /** The ensemble's clock shows no more than this. */
    Instant latest() {
        Duration steady = Duration.ofNanos(loop.nanoTime() - sentNanos);
        // Of a machine that was suspended the monotonic clock stood still.
        Duration wall = Duration.between(sentAt, loop.now());
        return stamp.plus(steady.compareTo(wall) > 0 ? steady : wall);
    }
}
