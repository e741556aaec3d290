package dev.belfry.core.queue;

import dev.belfry.core.run.Outcome;
import java.time.Instant;

/**
 * A run that has failed for good, with everything that it takes to run it again.
 *
 * @param run as it was submitted
 * @param due the instant that it stood for, or when it was accepted
 * @param outcome over all its tasks
 * @param at when it was settled, in whole milliseconds
 */
public record DeadLetter(Submission run, Instant due, Outcome outcome, Instant at) {

    /** Bytes of outcome and two instants. */
    private static final int FRAME = 120;

    /** Whether runs with this outcome are kept. */
    static boolean keeps(Outcome outcome) {
        return outcome == Outcome.FAILED || outcome == Outcome.TIMED_OUT || outcome == Outcome.LOST;
    }

    /**
     * The run once more, at once: it stands for the same instant, if it stood for one.
     *
     * @param runId of the new run
     */
    Submission again(String runId, String by) {
        Submission.Options options = run.options().withKey("").withNotBefore(Instant.EPOCH);
        return new Submission(runId, run.jobUid(), run.shards(), run.due(), run.parameters(), options, by);
    }

    /** About as many bytes as it takes as stored, and no less. */
    int bytes() {
        return Segment.size(run) + FRAME;
    }
}
