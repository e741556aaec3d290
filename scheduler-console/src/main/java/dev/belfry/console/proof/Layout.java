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
import java.util.stream.LongStream;

/**
 * What one layout of a job owed within a stretch of time, over all versions of its definition that are kept.
 *
 * @param number of the layout; 0 for a broadcast job, whose ledgers and lines are filed under it
 * @param shards their number; 0 for a broadcast job
 * @param due ascending, in milliseconds of the epoch
 * @param known what is due before it cannot be said, since the version of its time is not kept
 * @param jitter the most by which a fire may start after its instant
 * @param chained whether fires follow from completions, so that nobody can say when they were due
 */
@SuppressWarnings("ArrayRecordComponent") // made here and read here; a list of a million boxes is too much
record Layout(JobRecord job, int number, int shards, long[] due, long known, long jitter, boolean chained) {

    /** The layouts of a job that owed anything in [{@code from}, {@code until}). */
    static List<Layout> of(JobRecord job, Instant from, Instant until) {
        TreeSet<Integer> numbers = new TreeSet<>();
        job.versions().forEach(version -> numbers.add(filedUnder(version)));
        List<Layout> layouts = new ArrayList<>();
        for (int number : numbers) {
            layouts.add(of(job, number, from, until));
        }
        return layouts;
    }

    private static int filedUnder(JobVersion version) {
        return version.definition().placement() == Placement.BROADCAST ? 0 : version.layout();
    }

    private static Layout of(JobRecord job, int number, Instant from, Instant until) {
        LongStream due = LongStream.empty();
        long jitter = 0;
        boolean chained = false;
        int shards = 0;
        List<JobVersion> versions = job.versions();
        for (int i = 0; i < versions.size(); i++) {
            JobVersion version = versions.get(i);
            if (filedUnder(version) != number) {
                continue;
            }
            shards = number == 0 ? 0 : version.definition().shards().count();
            Instant end = i + 1 < versions.size() ? versions.get(i + 1).from() : Instant.MAX;
            Instant deleted = job.deletedAt().orElse(Instant.MAX);
            DefinitionText text = DefinitionText.read(DefinitionJson.encode(version.definition()));
            jitter = Math.max(jitter, text.jitter());
            chained |= text.isDelay();
            if (!version.paused() && text.enabled()) {
                long first = Math.max(from.toEpochMilli(), version.from().toEpochMilli());
                long last = earliest(until, end, deleted).toEpochMilli();
                due = LongStream.concat(due, Arrays.stream(text.due(first, last)));
            }
        }
        long known = versions.get(0).from().toEpochMilli();
        return new Layout(job, number, shards, due.sorted().distinct().toArray(), known, jitter, chained);
    }

    private static Instant earliest(Instant a, Instant b, Instant c) {
        Instant first = a.isBefore(b) ? a : b;
        return first.isBefore(c) ? first : c;
    }
}
