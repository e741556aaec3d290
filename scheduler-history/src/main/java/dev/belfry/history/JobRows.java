package dev.belfry.history;

import dev.belfry.core.job.DefinitionJson;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Versions of jobs as rows, and back. */
public final class JobRows {

    private JobRows() {}

    /** A version of the job. */
    public static HistoryRow version(JobRecord job, JobVersion version) {
        return HistoryRow.of(
                RowKind.JOB_VERSION,
                job.uid(),
                (long) version.number(),
                job.name(),
                (long) version.layout(),
                version.from(),
                version.changed(),
                version.paused(),
                version.author().origin().name().toLowerCase(Locale.ROOT),
                version.author().name(),
                version.author().reason(),
                DefinitionJson.encode(version.definition()));
    }

    /** The deletion of a job. */
    public static HistoryRow end(String jobUid, Instant deletedAt) {
        return HistoryRow.of(RowKind.JOB_END, jobUid, deletedAt);
    }

    /**
     * The record of the job whose versions these are, all of them that were ever seen. Requests for runs are not part of the
     * history; of a job that is deleted every layout is taken to be settled, since its ledgers are gone.
     *
     * @param versions at least one
     * @throws dev.belfry.core.job.IllegalDefinitionException if this version of Belfry does not understand a definition
     */
    public static JobRecord record(List<HistoryRow> versions, Optional<Instant> deletedAt) {
        List<JobVersion> all = versions.stream()
                .map(JobRows::version)
                .sorted(Comparator.comparingInt(JobVersion::number))
                .toList();
        HistoryRow any = versions.get(0);
        int settled = deletedAt.isPresent() ? all.get(all.size() - 1).layout() : 0;
        return new JobRecord(any.text("job_name"), any.text("job_uid"), all, List.of(), deletedAt, settled, List.of());
    }

    private static JobVersion version(HistoryRow row) {
        return new JobVersion(
                (int) row.number("version"),
                row.instant("effective_from"),
                row.instant("changed"),
                (int) row.number("layout"),
                DefinitionJson.decode(row.text("definition")),
                row.flag("paused"),
                new Author(
                        row.text("origin").equals("code") ? Author.Origin.CODE : Author.Origin.OPERATOR,
                        row.text("author"),
                        row.text("reason")));
    }
}
