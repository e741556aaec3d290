package dev.belfry.console.proof;

import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.journal.JournalCounts.Cell;
import dev.belfry.core.journal.JournalCounts.Origin;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fires that are final by the ledger and have no line in the journal any more: as many as the journal's counts still hold are
 * counted, not listed; what is left over is a gap. Runs that were asked for are counted apart and excuse nothing. Not
 * thread-safe.
 */
final class Unlisted {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final Set<Outcome> NOT_RUN = Set.of(Outcome.SKIPPED, Outcome.MISSED, Outcome.SUPERSEDED);

    /** Fires that were due in these hours, both ends included, and are counted. */
    private static final class Supply {
        final long firstHour;
        final long lastHour;
        long left;

        Supply(long firstHour, long lastHour, long left) {
            this.firstHour = firstHour;
            this.lastHour = lastHour;
            this.left = left;
        }

        boolean reaches(long hour) {
            return left > 0 && firstHour <= hour && hour <= lastHour;
        }
    }

    private final Map<String, List<Supply>> byJob = new TreeMap<>();
    /** Of jobs and hours that are not known any more. */
    private final List<Supply> earlier = new ArrayList<>();

    Unlisted(Collection<JournalCounts> journals, Collection<JobRecord> jobs) {
        Map<String, JobRecord> byUid = new TreeMap<>();
        jobs.forEach(job -> byUid.put(job.uid(), job));
        for (JournalCounts counts : journals) {
            counts.cells()
                    .forEach((cell, count) ->
                            add(cell, count * stands(cell, byUid.get(cell.jobUid())), counts.earlierUntil()));
        }
        // What reaches least far is used first: nothing that comes later could use it.
        Comparator<Supply> order = Comparator.comparingLong(supply -> supply.lastHour);
        byJob.values().forEach(supplies -> supplies.sort(order));
        earlier.sort(order);
    }

    /** For how many shards one line of these stands: what the queue does not run at all, it records once. */
    private static int stands(Cell cell, @Nullable JobRecord job) {
        if (job == null || !NOT_RUN.contains(cell.outcome())) {
            return 1;
        }
        JobVersion version = job.at(cell.hour());
        return Layout.isQueued(version) ? version.definition().shards().count() : 1;
    }

    private void add(Cell cell, long count, Instant earlierUntil) {
        if (cell.origin() == Origin.REQUESTED) {
            return;
        }
        if (cell.isEarlier()) {
            earlier.add(new Supply(Long.MIN_VALUE, earlierUntil.toEpochMilli(), count));
        } else {
            byJob.computeIfAbsent(cell.jobUid(), uid -> new ArrayList<>())
                    .add(new Supply(cell.hour().toEpochMilli(), cell.lastHour().toEpochMilli(), count));
        }
    }

    /** Whether anything of a job is counted in the hour in which {@code instant} lies, but not at its beginning. */
    boolean splits(JobRecord job, Instant instant) {
        long hour = hourOf(instant.toEpochMilli());
        return hour != instant.toEpochMilli()
                && byJob.getOrDefault(job.uid(), List.of()).stream().anyMatch(supply -> supply.reaches(hour));
    }

    private static long hourOf(long millis) {
        return Math.floorDiv(millis, HOUR) * HOUR;
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
            Stretch stretch = hours.computeIfAbsent(hourOf(instant), hour -> new Stretch());
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

    /** Sets what is missing of a job against what is counted. */
    void settle(JobRecord job, OfJob missing, Tally tally) {
        missing.hours.forEach((hour, stretch) -> {
            long left = use(byJob.getOrDefault(job.uid(), List.of()), hour, stretch.count);
            left = use(earlier, hour, left);
            tally.counted += stretch.count - left;
            if (left > 0) {
                tally.found(new Finding(
                        Finding.Kind.GAP,
                        job.name(),
                        stretch.layout,
                        stretch.shard,
                        Instant.ofEpochMilli(stretch.first),
                        Instant.ofEpochMilli(stretch.last),
                        left,
                        (stretch.layout == 0 && Layout.isQueued(job.at(Instant.ofEpochMilli(stretch.first)))
                                        ? "decided and in the queue no more"
                                        : "final by the ledger")
                                + ", but no outcome is listed or counted in that hour; of " + stretch.count
                                + " such fires, shard " + stretch.shard + " among them"));
            }
        });
    }

    /** How many of {@code wanted} the supplies do not cover. */
    private static long use(List<Supply> supplies, long hour, long wanted) {
        long left = wanted;
        for (Supply supply : supplies) {
            if (left > 0 && supply.reaches(hour)) {
                long used = Math.min(left, supply.left);
                supply.left -= used;
                left -= used;
            }
        }
        return left;
    }
}
