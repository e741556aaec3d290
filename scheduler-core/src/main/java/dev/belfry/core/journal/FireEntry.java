package dev.belfry.core.journal;

import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.run.Outcome;
import java.time.Instant;

/**
 * One line of a journal, an agent's or that of the queue: the start of an attempt, its end, or an outcome without an attempt.
 *
 * @param kind what the line says
 * @param shard number of the shard as text; the agent id for a broadcast job
 * @param fire the fire, or the first of a range
 * @param last the last fire of a range; equal to the fire's instant otherwise
 * @param count number of fires in the range, else 1
 * @param attempt number of the attempt, from 1; 0 if there was none
 * @param token its fencing token; 0 if there was none
 * @param started when the attempt started; {@link Instant#EPOCH} if there was none
 * @param ended when it ended or the outcome was decided; {@link Instant#EPOCH} for a start
 * @param outcome how the attempt or the fire ended; {@link Outcome#UNKNOWN} for a start
 * @param reason why, in a word of {@code Reasons}, or what user code said about its failure, at most {@link
 *     FailureText#MOST_BYTES}; may be empty
 * @param incarnation that made the attempt, in a journal that is not its own; else empty
 */
public record FireEntry(
        Kind kind,
        String jobUid,
        int layout,
        String shard,
        FireId fire,
        Instant last,
        long count,
        int attempt,
        long token,
        Instant started,
        Instant ended,
        Outcome outcome,
        String reason,
        String incarnation) {

    /** A line of the journal of whoever made the attempt. */
    public FireEntry(
            Kind kind,
            String jobUid,
            int layout,
            String shard,
            FireId fire,
            Instant last,
            long count,
            int attempt,
            long token,
            Instant started,
            Instant ended,
            Outcome outcome,
            String reason) {
        this(kind, jobUid, layout, shard, fire, last, count, attempt, token, started, ended, outcome, reason, "");
    }

    /** What a line says. */
    public enum Kind {
        /** An attempt has started. */
        STARTED,
        /** An attempt has ended and the fire is not final: it will be tried again. */
        ENDED,
        /** The fire, or the range of fires, has its final outcome. */
        FINAL,
        /** The attempt was told to stop, did not, and was left to itself; a FINAL or ENDED line preceded or follows. */
        ABANDONED
    }

    /** What of it takes room beside the reason and the ids, at most. */
    private static final int NUMBERS = 220;

    /** No less than the bytes that it takes as stored: quotes and backslashes in the reason take two. */
    public int mostBytes() {
        int ids = jobUid.length()
                + shard.length()
                + incarnation.length()
                + fire.requested().map(String::length).orElse(0);
        return NUMBERS + 3 * ids + 2 * FailureText.utf8(reason);
    }

    /** The same with a short reason. */
    public FireEntry brief() {
        return new FireEntry(
                kind,
                jobUid,
                layout,
                shard,
                fire,
                last,
                count,
                attempt,
                token,
                started,
                ended,
                outcome,
                FailureText.brief(reason),
                incarnation);
    }

    /** The same of an attempt that this incarnation made. */
    public FireEntry madeBy(String other) {
        return new FireEntry(
                kind, jobUid, layout, shard, fire, last, count, attempt, token, started, ended, outcome, reason, other);
    }
}
