package dev.belfry.history;

import java.time.Instant;
import java.util.List;

/**
 * A restore of the namespace from a copy, as the history knows it: what it has of after the copy and before the restore is of
 * a past that ZooKeeper does not know any more.
 *
 * @param term to which the restore raised the term; greater than that of any restore before
 * @param copied when the copy was taken
 * @param restored when it was put back
 * @param by who did, for people
 * @param generation up to which the copy had the masters' journal
 * @param segment of the chain in which this was entered: what precedes it is of before the restore, or was in the copy
 * @param cuts of the writers that had gone on after the copy
 * @param jobs that had changed after the copy
 */
public record Restored(
        long term,
        Instant copied,
        Instant restored,
        String by,
        long generation,
        long segment,
        List<Cut> cuts,
        List<JobCut> jobs) {

    /**
     * Where the copy of a journal ends: lines from this one on are of before the restore.
     *
     * @param writer the incarnation; none goes on after a restore
     * @param entry number of an entry
     * @param line of it, from 0
     */
    public record Cut(String writer, long entry, int line) {
        /** Whether a line of this writer is of before the restore. */
        public boolean covers(long ofEntry, int ofLine) {
            return ofEntry > entry || (ofEntry == entry && ofLine >= line);
        }
    }

    /**
     * Where the copy of a job ends.
     *
     * @param version versions above it are of before the restore
     * @param deleted whether the job was deleted in the copy; if not, a deletion is of before the restore
     */
    public record JobCut(String uid, long version, boolean deleted) {}

    public Restored {
        cuts = List.copyOf(cuts);
        jobs = List.copyOf(jobs);
    }

    /** The row that enters it. */
    public HistoryRow row() {
        return HistoryRow.of(
                RowKind.RESTORE,
                term,
                Instant.ofEpochMilli(copied.toEpochMilli()),
                Instant.ofEpochMilli(restored.toEpochMilli()),
                by,
                generation);
    }

    /** The row of one of the cuts. */
    public HistoryRow row(Cut cut) {
        return HistoryRow.of(RowKind.RESTORE_CUT, term, cut.writer(), cut.entry(), (long) cut.line());
    }

    /** The row of one of the jobs. */
    public HistoryRow row(JobCut job) {
        return HistoryRow.of(RowKind.RESTORE_JOB, term, job.uid(), job.version(), job.deleted());
    }
}
