package dev.belfry.testkit.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The two clocks of one machine in a simulation, both derived from the scheduler's true time: a wall clock with offset,
 * drift and steps, and a monotonic source with an origin and a drift of its own. Nothing relates the two.
 *
 * <p>Drift is in parts per million of true time: 0 runs true, 1000 gains a millisecond a second, -1,000,000 stands still.
 * Not thread-safe, like the simulation.
 */
public final class SimClock implements InstantSource {
    private static final long MILLION = 1_000_000;

    /** True time zero of every simulation. */
    public static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final SimScheduler scheduler;
    private final Reading wall = new Reading(0);
    private final Reading monotonic;
    private int steps;

    /** A reading that advances at a rate: {@code value} at true time {@code since}. */
    private static final class Reading {
        private long value;
        private long since;
        private long drift;

        Reading(long value) {
            this.value = value;
        }

        long at(long trueNanos) {
            long elapsed = trueNanos - since;
            return value + elapsed + elapsed / MILLION * drift + elapsed % MILLION * drift / MILLION;
        }

        void set(long trueNanos, long newValue, long newDrift) {
            value = newValue;
            since = trueNanos;
            drift = newDrift;
        }
    }

    /** A true clock with a monotonic origin drawn from the scheduler's seed. */
    public SimClock(SimScheduler scheduler) {
        this(scheduler, scheduler.random().nextLong(-(1L << 50), 1L << 50));
    }

    /** A true clock whose monotonic source starts at {@code monotonicOrigin} nanoseconds, which may be negative. */
    public SimClock(SimScheduler scheduler, long monotonicOrigin) {
        this.scheduler = scheduler;
        this.monotonic = new Reading(monotonicOrigin);
        this.monotonic.since = scheduler.nanos();
    }

    /** What the wall clock shows. */
    @Override
    public Instant instant() {
        return EPOCH.plusNanos(wall.at(scheduler.nanos()));
    }

    /** What the monotonic source shows, in nanoseconds since an arbitrary origin; never falls. */
    public long nanoTime() {
        return monotonic.at(scheduler.nanos());
    }

    /** Moves the wall clock at once, forward or back; the monotonic source does not notice. */
    public void step(Duration by) {
        long now = scheduler.nanos();
        wall.set(now, wall.at(now) + by.toNanos(), wall.drift);
        steps++;
    }

    /** How often the wall clock has been stepped. */
    public int steps() {
        return steps;
    }

    /** How far the wall clock is ahead of true time; negative if behind. */
    public Duration offset() {
        return Duration.ofNanos(wall.at(scheduler.nanos()) - scheduler.nanos());
    }

    /** From now on the wall clock drifts by so many parts per million. */
    public void driftWall(long partsPerMillion) {
        long now = scheduler.nanos();
        wall.set(now, wall.at(now), partsPerMillion);
    }

    /**
     * From now on the monotonic source drifts by so many parts per million; at -1,000,000 it stands still, as on a
     * suspended machine.
     *
     * @throws IllegalArgumentException below -1,000,000, since it would run backwards
     */
    public void driftMonotonic(long partsPerMillion) {
        if (partsPerMillion < -MILLION) {
            throw new IllegalArgumentException("a monotonic source cannot run backwards: " + partsPerMillion);
        }
        long now = scheduler.nanos();
        monotonic.set(now, monotonic.at(now), partsPerMillion);
    }

    /** True time until the monotonic source has advanced by {@code nanos} at its present rate; rounded up. */
    long trueNanos(long nanos) {
        long rate = MILLION + monotonic.drift;
        if (rate == MILLION || nanos <= 0) {
            return nanos;
        }
        if (rate <= 0) {
            // Stands still: look again in a while.
            return 100 * MILLION;
        }
        return nanos / rate * MILLION + (nanos % rate * MILLION + rate - 1) / rate;
    }
}
