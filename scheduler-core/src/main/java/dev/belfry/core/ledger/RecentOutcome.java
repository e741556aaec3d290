package dev.belfry.core.ledger;

import dev.belfry.core.run.Outcome;
import java.time.Instant;

/**
 * One of the last outcomes of a shard, for people: {@code explain} and {@code get} read it.
 *
 * @param due first fire that it speaks of
 * @param count how many consecutive fires it speaks of
 * @param requested id of a run that was asked for, else empty text
 * @param reason as in the journal; {@link #brief} for all but the newest
 * @param attempt number of the last attempt; 0 if none was started
 * @param started when that attempt started; {@link Instant#EPOCH} if none was
 * @param ended when the outcome was known
 * @param incarnation who recorded it
 */
public record RecentOutcome(
        Instant due,
        long count,
        String requested,
        Outcome outcome,
        String reason,
        int attempt,
        Instant started,
        Instant ended,
        String incarnation) {

    /** The same with a short reason. */
    public RecentOutcome brief() {
        String brief = FailureText.brief(reason);
        return brief.equals(reason)
                ? this
                : new RecentOutcome(due, count, requested, outcome, brief, attempt, started, ended, incarnation);
    }
}
