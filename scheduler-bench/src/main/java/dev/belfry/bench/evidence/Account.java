package dev.belfry.bench.evidence;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of every fire that was due in a span of time in which something broke.
 *
 * @param due how many were due, known from the jobs and not from the notes
 * @param inTime of those, how many started within a second
 * @param late how many started later than that
 * @param recorded how many did not start, but stand in the scheduler's record with a reason
 * @param lost the others
 * @param again starts of fires that had started before
 */
public record Account(long due, long inTime, long late, long recorded, long lost, long again) {
    private static final long SECOND = 1_000_000;

    /**
     * Compares what was due with what was noted, and what is missing with the record.
     *
     * @param notes of handlers; those of fires that are not among {@code due} are left out
     * @param record fires of which the scheduler says why they did not run
     */
    public static Account of(Collection<Fire.Key> due, List<Fire> notes, Set<Fire.Key> record) {
        Map<Fire.Key, Long> late = new HashMap<>();
        Set<Fire.Key> asked = new HashSet<>(due);
        long starts = 0;
        for (Fire note : notes) {
            if (asked.contains(note.key())) {
                late.merge(note.key(), note.late(), Math::min);
                starts++;
            }
        }
        long recorded = 0;
        long lost = 0;
        for (Fire.Key key : asked) {
            if (!late.containsKey(key)) {
                if (record.contains(key)) {
                    recorded++;
                } else {
                    lost++;
                }
            }
        }
        long inTime = late.values().stream().filter(micros -> micros <= SECOND).count();
        return new Account(asked.size(), inTime, late.size() - inTime, recorded, lost, starts - late.size());
    }

    /** As metrics, each with {@code due_} before its name but for the first. */
    public SortedMap<String, Double> metrics() {
        SortedMap<String, Double> metrics = new TreeMap<>();
        metrics.put("due", (double) due);
        metrics.put("due_in_time", (double) inTime);
        metrics.put("due_late", (double) late);
        metrics.put("due_recorded", (double) recorded);
        metrics.put("due_lost", (double) lost);
        metrics.put("due_again", (double) again);
        return metrics;
    }
}
