package dev.belfry.core.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The offsets of a zone from 1970 to 2100 as stretches of constant offset, ready for binary search. Every change of offset
 * counts alike, whether the zone calls it summer time or not.
 *
 * <p>{@link ZoneRules} answers the same questions but allocates for each one; timelines are kept per zone (at most 300
 * stretches, 4 kB) and shared. Immutable.
 */
final class ZoneTimeline {
    private static final long FIRST = Instant.parse("1969-12-01T00:00:00Z").getEpochSecond();
    private static final long LAST = Instant.parse("2100-02-01T00:00:00Z").getEpochSecond();
    private static final long[] ALWAYS = {Long.MIN_VALUE};
    private static final ConcurrentHashMap<ZoneId, ZoneTimeline> KEPT = new ConcurrentHashMap<>();

    private final long[] starts;
    private final int[] offsets;

    private ZoneTimeline(long[] starts, int[] offsets) {
        this.starts = starts;
        this.offsets = offsets;
    }

    static ZoneTimeline of(ZoneId zone) {
        ZoneTimeline kept = KEPT.get(zone);
        if (kept != null) {
            return kept;
        }
        ZoneTimeline built = build(zone.getRules());
        // Fixed offsets are cheap to build and there are hundreds of thousands of ways to write one.
        if (built.starts != ALWAYS) {
            KEPT.put(zone, built);
        }
        return built;
    }

    private static ZoneTimeline build(ZoneRules rules) {
        Instant from = Instant.ofEpochSecond(FIRST);
        int offset = rules.getOffset(from).getTotalSeconds();
        if (rules.isFixedOffset()) {
            return new ZoneTimeline(ALWAYS, new int[] {offset});
        }
        long[] starts = new long[512];
        int[] offsets = new int[512];
        starts[0] = Long.MIN_VALUE;
        offsets[0] = offset;
        int size = 1;
        ZoneOffsetTransition change = rules.nextTransition(from);
        while (change != null && change.toEpochSecond() < LAST) {
            if (size == starts.length) {
                starts = Arrays.copyOf(starts, 2 * size);
                offsets = Arrays.copyOf(offsets, 2 * size);
            }
            starts[size] = change.toEpochSecond();
            offsets[size++] = change.getOffsetAfter().getTotalSeconds();
            change = rules.nextTransition(change.getInstant());
        }
        return new ZoneTimeline(Arrays.copyOf(starts, size), Arrays.copyOf(offsets, size));
    }

    int size() {
        return starts.length;
    }

    /** The stretch that holds an instant, from 0. */
    int at(long epochSecond) {
        int found = Arrays.binarySearch(starts, epochSecond);
        return found >= 0 ? found : -found - 2;
    }

    /** The first second of a stretch; {@code Long.MIN_VALUE} for stretch 0. */
    long start(int stretch) {
        return starts[stretch];
    }

    /** The first second after a stretch; {@code Long.MAX_VALUE} for the last one. */
    long end(int stretch) {
        return stretch + 1 < starts.length ? starts[stretch + 1] : Long.MAX_VALUE;
    }

    /** Seconds east of Greenwich. */
    int offset(int stretch) {
        return offsets[stretch];
    }

    /** How far the local clock jumps at the start of a stretch: positive for a gap, negative for an overlap. */
    int jump(int stretch) {
        return stretch == 0 ? 0 : offsets[stretch] - offsets[stretch - 1];
    }
}
