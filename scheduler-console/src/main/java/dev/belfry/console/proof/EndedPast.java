package dev.belfry.console.proof;

import dev.belfry.core.version.JobRecord;
import java.time.Instant;
import java.util.List;

/**
 * A past that a restore has ended, as far as a history knows it: the namespace as it went on after a copy was taken, until that
 * copy was put back. Its ledgers are lost, so that what it lists can be proved, and not that it lists everything.
 *
 * @param copied when the copy was taken
 * @param restored when it was put back
 * @param by who did, for people
 * @param term to which that raised the term
 * @param jobs as they were when it ended
 * @param lines of shards that had any after the copy; those of before it are among them
 */
public record EndedPast(
        Instant copied, Instant restored, String by, long term, List<JobRecord> jobs, EndedPast.Listed lines) {

    /** Its lines, and how much of them the restore has ended. */
    public interface Listed extends Lines {
        /** Outcomes of scheduled fires that were recorded after the copy, of the shards that were asked for so far. */
        long outcomes();
    }

    public EndedPast {
        jobs = List.copyOf(jobs);
    }
}
