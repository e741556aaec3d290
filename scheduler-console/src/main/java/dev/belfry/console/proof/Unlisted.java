package dev.belfry.console.proof;

import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.version.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fires that are final by the ledger and have no line in the journal any more: as many as the journal's counts still hold are
 * counted, not listed; what is left over is a gap. Not thread-safe.
 */
final class Unlisted {
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private final Map<String, TreeMap<Long, Long>> countsByJob = new TreeMap<>();
    private long earlier;

    Unlisted(Collection<JournalCounts> journals) {
        for (JournalCounts counts : journals) {
            counts.cells().forEach((cell, count) -> {
                if (cell.jobUid().equals(JournalCounts.EARLIER)) {
                    earlier += count;
                } else {
                    countsByJob
                            .computeIfAbsent(cell.jobUid(), uid -> new TreeMap<>())
                            .merge(cell.hour().toEpochMilli(), count, Long::sum);
                }
            });
        }
    }

    /** The fires that are missing of one job, by hour. */
    static final class OfJob {
        private final TreeMap<Long, Stretch> hours = new TreeMap<>();

        private static final class Stretch {
            String shard = "";
            int layout;
            long first;
            long last;
            long count;
        }

        void add(int layout, String shard, long instant) {
            Stretch stretch = hours.computeIfAbsent(Math.floorDiv(instant, HOUR) * HOUR, hour -> new Stretch());
            if (stretch.count == 0) {
                stretch.shard = shard;
                stretch.layout = layout;
                stretch.first = instant;
                stretch.last = instant;
            }
            stretch.first = Math.min(stretch.first, instant);
            stretch.last = Math.max(stretch.last, instant);
            stretch.count++;
        }
    }

    /** Sets what is missing of a job against what is counted. A range outcome is counted in the hour of its first fire. */
    void settle(JobRecord job, OfJob missing, Tally tally) {
        TreeMap<Long, Long> counts = countsByJob.getOrDefault(job.uid(), new TreeMap<>());
        long pool = 0;
        long counted = Long.MIN_VALUE;
        for (Map.Entry<Long, OfJob.Stretch> hour : missing.hours.entrySet()) {
            for (long count : counts.subMap(counted, false, hour.getKey(), true).values()) {
                pool += count;
            }
            counted = hour.getKey();
            OfJob.Stretch stretch = hour.getValue();
            long known = Math.min(pool, stretch.count);
            pool -= known;
            long before = Math.min(earlier, stretch.count - known);
            earlier -= before;
            tally.counted += known + before;
            long left = stretch.count - known - before;
            if (left > 0) {
                tally.found(new Finding(
                        Finding.Kind.GAP,
                        job.name(),
                        stretch.layout,
                        stretch.shard,
                        Instant.ofEpochMilli(stretch.first),
                        Instant.ofEpochMilli(stretch.last),
                        left,
                        "final by the ledger, but no outcome is listed or counted in that hour; of " + stretch.count
                                + " such fires, shard " + stretch.shard + " among them"));
            }
        }
    }
}
