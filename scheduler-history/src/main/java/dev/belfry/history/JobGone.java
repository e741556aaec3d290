package dev.belfry.history;

import dev.belfry.core.version.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A job whose record was not in ZooKeeper any more when an exporter looked, and whose deletion is not in the history: either
 * nobody looked while a deleted job's record is kept, or somebody has removed it. Once entered this stays as it is.
 *
 * @param seen when an exporter had last looked at all jobs; {@link Instant#EPOCH} if that is not known
 * @param noticed when the record was found to be gone
 */
public record JobGone(String jobUid, Instant seen, Instant noticed) {
    /** Clocks of masters, of exporters and of those who ask are apart by less than this. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /**
     * Whether a record may have gone by a deletion that nobody saw. A master removes it a day after the deletion and no earlier,
     * so that who looked within that day would have seen it, and nothing was due within it. Otherwise somebody has removed it.
     *
     * @param lastLine when the last fire of the job was due of which anything is listed
     */
    public boolean mayHaveBeenDeleted(Optional<Instant> lastLine) {
        Instant latest = noticed.minus(JobRecord.KEEP_OVER).plus(SKEW);
        return !seen.isAfter(latest) && lastLine.filter(latest::isBefore).isEmpty();
    }

    /** What a row of kind {@link RowKind#JOB_GONE} is to say. */
    public HistoryRow row() {
        return HistoryRow.of(
                RowKind.JOB_GONE,
                jobUid,
                Instant.ofEpochMilli(seen.toEpochMilli()),
                Instant.ofEpochMilli(noticed.toEpochMilli()));
    }

    /** What such a row says. */
    public static JobGone of(HistoryRow row) {
        return new JobGone(row.text("job_uid"), row.instant("seen"), row.instant("noticed"));
    }
}
