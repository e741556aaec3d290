package dev.belfry.bench.evidence;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The fires that were due in a span of time, and how late they were. */
public final class Window {
    private final long expected;
    private final long started;
    private final long duplicates;
    private final long[] late;

    private Window(long expected, long duplicates, long[] late) {
        this.expected = expected;
        this.duplicates = duplicates;
        this.late = late;
        started = late.length;
    }

    /**
     * The fires that were due from {@code from} until before {@code to}.
     *
     * @param from microseconds since 1970, as are {@code to} and {@code deadline}
     * @param deadline a fire that had not started by then counts as lost
     * @param expected how many were due, known from the jobs and not from the notes
     */
    public static Window of(List<Fire> fires, long from, long to, long deadline, long expected) {
        List<Fire> within = fires.stream()
                .filter(fire -> fire.due() >= from && fire.due() < to && fire.start() <= deadline)
                .sorted((a, b) -> Long.compare(a.start(), b.start()))
                .toList();
        Set<Fire.Key> seen = new HashSet<>(within.size() * 2);
        long[] late = within.stream()
                .filter(fire -> seen.add(fire.key()))
                .mapToLong(Fire::late)
                .sorted()
                .toArray();
        return new Window(expected, within.size() - late.length, late);
    }

    /** Fires that were due in it. */
    public long expected() {
        return expected;
    }

    /** Of those, how many started by the deadline. */
    public long fired() {
        return started;
    }

    /** Starts of fires that had started before. */
    public long duplicates() {
        return duplicates;
    }

    /** Fires that were due and did not start by the deadline. */
    public long lost() {
        return Math.max(0, expected - started);
    }

    /**
     * How late the fire is that {@code part} of all are no later than, in milliseconds; not a number if nothing fired.
     *
     * @param part from 0 to 1
     */
    public double lateMillis(double part) {
        return Quantiles.of(late, part) / 1_000;
    }

    @Override
    public String toString() {
        return started + " of " + expected + " fires, " + duplicates + " duplicates";
    }
}
