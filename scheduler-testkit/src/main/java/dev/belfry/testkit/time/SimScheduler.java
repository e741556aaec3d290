package dev.belfry.testkit.time;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * The event queue of a simulation: virtual time in one thread. Events run in the order of their time, and in the order
 * in which they were made among equal times; everything random comes from one seed. So the same seed gives the same run,
 * which {@link #logHash} shows.
 *
 * <p>Not thread-safe: everything in a simulation happens in the thread that calls {@link #step}.
 */
public final class SimScheduler {

    /** Sees each event as it runs. */
    @FunctionalInterface
    public interface EventLog {

        /**
         * @param nanos virtual true time
         * @param label what ran
         * @param detail a number that tells equal labels apart; 0 for plain events
         */
        void event(long nanos, String label, long detail);
    }

    /** Something that will run unless it is cancelled. */
    public static final class Event implements Comparable<Event> {
        private final long nanos;
        private final long sequence;
        private final String label;
        private final Runnable task;
        private boolean cancelled;

        private Event(long nanos, long sequence, String label, Runnable task) {
            this.nanos = nanos;
            this.sequence = sequence;
            this.label = label;
            this.task = task;
        }

        /** Keeps the event from running; without effect when it has run. */
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(sequence);
        }
    }

    /** Far more than honest work needs: whoever exceeds it spins. */
    private static final int MOST_AT_ONE_INSTANT = 200_000;

    private final long seed;
    private final SplittableRandom random;
    /** What was made for a later time than that at which it was made. */
    private final PriorityQueue<Event> later = new PriorityQueue<>(256);
    /** What was made for the time that it is, in order: it comes after all that was made for that time before. */
    private final ArrayDeque<Event> present = new ArrayDeque<>(64);

    private final List<EventLog> logs = new ArrayList<>();
    private long now;
    private long sequence;
    private long executed;
    private int atThisInstant;
    private long logHash = 0xcbf29ce484222325L;

    public SimScheduler(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    public long seed() {
        return seed;
    }

    /** The one source of randomness of this simulation. */
    public SplittableRandom random() {
        return random;
    }

    /** Virtual true time in nanoseconds since the start of the simulation. No process can read it; {@link SimClock} can. */
    public long nanos() {
        return now;
    }

    /** Events that have run. */
    public long executed() {
        return executed;
    }

    /** Has {@code task} run at {@code nanos}, or now if that has passed. The label goes into the log: keep it constant. */
    public Event at(long nanos, String label, Runnable task) {
        Event event = new Event(Math.max(nanos, now), sequence++, label, task);
        if (event.nanos == now) {
            present.add(event);
        } else {
            later.add(event);
        }
        return event;
    }

    /** Has {@code task} run after {@code delayNanos} of virtual true time. */
    public Event after(long delayNanos, String label, Runnable task) {
        return at(now + delayNanos, label, task);
    }

    /** The queue that has the next event, cancelled or not. */
    private Queue<Event> next() {
        Event first = later.peek();
        return present.isEmpty() || (first != null && first.nanos == now) ? later : present;
    }

    /** Runs the next event. False if there is none. What the event throws ends the simulation. */
    public boolean step() {
        while (true) {
            Event event = next().poll();
            if (event == null) {
                return false;
            }
            if (event.cancelled) {
                continue;
            }
            atThisInstant = event.nanos == now ? atThisInstant + 1 : 0;
            if (atThisInstant > MOST_AT_ONE_INSTANT) {
                throw new IllegalStateException(
                        "time stands still: events go on at " + now + " ns, the last: " + event.label);
            }
            now = event.nanos;
            executed++;
            note(event.label, 0);
            event.task.run();
            return true;
        }
    }

    /** Runs everything that is due up to and including {@code nanos} and leaves the time there. */
    public void runUntil(long nanos) {
        while (true) {
            Queue<Event> queue = next();
            Event next = queue.peek();
            if (next == null || next.nanos > nanos) {
                break;
            }
            if (next.cancelled) {
                queue.poll();
            } else {
                step();
            }
        }
        now = Math.max(now, nanos);
    }

    /** Has {@code log} see every event and note from here on. */
    public void log(EventLog log) {
        logs.add(log);
    }

    /** Writes something into the log at the present time, so that the hash covers it. */
    public void note(String label, long detail) {
        logHash = mix(mix(logHash ^ now) ^ label.hashCode() ^ (detail << 32 | detail >>> 32));
        for (int i = 0; i < logs.size(); i++) {
            logs.get(i).event(now, label, detail);
        }
    }

    /** The running hash of the log: equal for two runs exactly if the same events ran at the same times, in order. */
    public long logHash() {
        return logHash;
    }

    private static long mix(long z) {
        long x = (z ^ (z >>> 32)) * 0xd6e8feb86659fd93L;
        return (x ^ (x >>> 32)) * 0xd6e8feb86659fd93L;
    }
}
