package dev.belfry.console.proof;

import dev.belfry.core.job.DefinitionJson;
import dev.belfry.core.job.Placement;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * What one layout of a job owed within a stretch of time, over all versions of its definition that are kept.
 *
 * @param number of the layout; 0 for a broadcast or a queued job, whose ledgers and lines are filed under it
 * @param placement of the versions that owed it
 * @param shards their number; 0 for a broadcast job
 * @param due ascending, in milliseconds of the epoch
 * @param known what is due before it cannot be said, since the version of its time is not kept
 * @param end from when on it owes nothing any more; {@link Long#MAX_VALUE} while it is in force, and for a broadcast job
 * @param jitter the most by which a fire may start after its instant
 * @param chains stretches of time in which fires follow from completions, so that the definition alone does not say when
 */
@SuppressWarnings("ArrayRecordComponent") // made here and read here; a list of a million boxes is too much
record Layout(
        JobRecord job,
        int number,
        Placement placement,
        int shards,
        long[] due,
        long known,
        long end,
        long jitter,
        List<Chain> chains) {

    /**
     * A stretch of time in which each fire follows from the completion of the one before.
     *
     * @param from its first instant, in milliseconds of the epoch
     * @param end the first after it; {@link Long#MAX_VALUE} if no end is known
     * @param anew whether it begins with a fire of its own, at {@code from}; else it goes on with what came before
     * @param rules the delay
     */
    record Chain(long from, long end, boolean anew, DefinitionText rules) {
        boolean covers(Instant instant) {
            long millis = instant.toEpochMilli();
            return from <= millis && millis < end;
        }
    }

    boolean chained(Instant instant) {
        return chains.stream().anyMatch(chain -> chain.covers(instant));
    }

    boolean broadcast() {
        return placement == Placement.BROADCAST;
    }

    boolean queued() {
        return placement == Placement.QUEUED;
    }

    /** The layouts of a job that its shards or agents owed in [{@code from}, {@code until}); what the queue owed is none of them. */
    static List<Layout> of(JobRecord job, Instant from, Instant until) {
        TreeSet<Integer> numbers = new TreeSet<>();
        job.versions().stream()
                .filter(version -> version.definition().placement() != Placement.QUEUED)
                .forEach(version -> numbers.add(filedUnder(version)));
        List<Layout> layouts = new ArrayList<>();
        for (int number : numbers) {
            Placement placement = number == 0 ? Placement.BROADCAST : Placement.STICKY;
            layouts.add(of(job, number, placement, version -> filedUnder(version) == number, from, until));
        }
        return layouts;
    }

    /** What the queue owed of one shard of a job: fires of queued versions that have such a shard. */
    static Layout queued(JobRecord job, int shard, Instant from, Instant until) {
        return of(
                job,
                0,
                Placement.QUEUED,
                version -> isQueued(version) && version.definition().shards().count() > shard,
                from,
                until);
    }

    static boolean isQueued(JobVersion version) {
        return version.definition().isQueuedBySchedule();
    }

    /** Layout 0 is that of no owner: of the agents of a broadcast job, and of the queue; -1 for what is not looked for. */
    private static int filedUnder(JobVersion version) {
        return switch (version.definition().placement()) {
            case BROADCAST -> 0;
            case STICKY -> version.layout();
            case QUEUED -> -1;
        };
    }

    private static Layout of(
            JobRecord job, int number, Placement placement, Predicate<JobVersion> owed, Instant from, Instant until) {
        LongStream due = LongStream.empty();
        long jitter = 0;
        List<Chain> chains = new ArrayList<>();
        int shards = 0;
        boolean follows = false;
        long over = Long.MAX_VALUE;
        List<JobVersion> versions = job.versions();
        for (int i = 0; i < versions.size(); i++) {
            JobVersion version = versions.get(i);
            if (!owed.test(version)) {
                continue;
            }
            shards = placement == Placement.BROADCAST
                    ? 0
                    : version.definition().shards().count();
            Instant next = i + 1 < versions.size() ? versions.get(i + 1).from() : Instant.MAX;
            Instant end = earlier(next, job.deletedAt().orElse(Instant.MAX));
            over = end.equals(Instant.MAX) || number == 0 ? Long.MAX_VALUE : end.toEpochMilli();
            DefinitionText text = DefinitionText.read(DefinitionJson.encode(version.definition()));
            jitter = Math.max(jitter, text.jitter());
            boolean silent = version.paused() || !text.enabled();
            if (!silent && text.isDelay() && version.from().isBefore(end)) {
                // What was due at the beginning is known only if nothing was kept from a delay before.
                chains.add(new Chain(
                        version.from().toEpochMilli(),
                        end.equals(Instant.MAX) ? Long.MAX_VALUE : end.toEpochMilli(),
                        placement == Placement.QUEUED || (!follows && (i > 0 || version.number() == 1)),
                        text));
            } else if (!silent) {
                long first = later(from, version.from()).toEpochMilli();
                due = LongStream.concat(
                        due, Arrays.stream(text.due(first, earlier(until, end).toEpochMilli())));
            }
            follows |= text.isDelay();
        }
        long known = versions.get(0).from().toEpochMilli();
        return new Layout(
                job,
                number,
                placement,
                shards,
                due.sorted().distinct().toArray(),
                known,
                over,
                jitter,
                List.copyOf(chains));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
