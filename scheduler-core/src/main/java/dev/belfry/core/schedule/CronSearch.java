package dev.belfry.core.schedule;

import dev.belfry.core.schedule.DstPolicy.Gap;
import dev.belfry.core.schedule.DstPolicy.Overlap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the instants of a set of local times in a zone, under a policy for gaps and overlaps.
 *
 * <p>It walks the zone's stretches of constant offset. Within one, instants and local times differ by a constant, so the
 * next fire is one look-up in the fields; a gap adds at most one fire, at the start of the stretch after it; an overlap takes
 * the repeated local times away from the stretch before it (last pass only) or after it (first pass only). That is right as
 * long as two changes never lie closer together than the length of the repetition, which holds for every zone since 1970.
 */
final class CronSearch {
    /** No further fire. */
    static final long NONE = Long.MAX_VALUE;

    // Local seconds beyond this never match, and stand for "no end" so that sums cannot overflow.
    private static final long FAR = 1L << 40;

    private CronSearch() {}

    /** The first fire at or after an instant, both in epoch seconds, or {@link #NONE}; the policy must be resolved. */
    static long next(CronFields fields, @Nullable MakeUpDays makeUp, long from, ZoneTimeline zone, DstPolicy policy) {
        int stretch = zone.at(from);
        boolean gapEnds = policy.gap() == Gap.RUN_AT_GAP_END;
        if (from == zone.start(stretch) && gapEnds && zone.jump(stretch) > 0) {
            long gapEnd = from + zone.offset(stretch);
            if (fields.next(gapEnd - zone.jump(stretch), makeUp) < gapEnd) {
                return from;
            }
        }
        long searched = from + zone.offset(stretch);
        long match = fields.next(firstLocal(zone, stretch, searched, policy), makeUp);
        while (true) {
            if (match < endLocal(zone, stretch, policy)) {
                return match - zone.offset(stretch);
            }
            if (++stretch == zone.size()) {
                return NONE;
            }
            long start = zone.start(stretch) + zone.offset(stretch);
            if (gapEnds && zone.jump(stretch) > 0 && match < start) {
                return zone.start(stretch);
            }
            long first = firstLocal(zone, stretch, start, policy);
            // The match stays the first one at or after "first" unless the clock went back behind what was searched.
            if (match < first || first < searched) {
                searched = first;
                match = fields.next(first, makeUp);
            }
        }
    }

    private static long firstLocal(ZoneTimeline zone, int stretch, long from, DstPolicy policy) {
        if (policy.overlap() == Overlap.FIRST && zone.jump(stretch) < 0) {
            return Math.max(from, zone.start(stretch) + zone.offset(stretch) - zone.jump(stretch));
        }
        return from;
    }

    private static long endLocal(ZoneTimeline zone, int stretch, DstPolicy policy) {
        if (stretch + 1 == zone.size()) {
            return FAR;
        }
        long end = zone.end(stretch) + zone.offset(stretch);
        int jump = zone.jump(stretch + 1);
        return policy.overlap() == Overlap.LAST && jump < 0 ? end + jump : end;
    }
}
