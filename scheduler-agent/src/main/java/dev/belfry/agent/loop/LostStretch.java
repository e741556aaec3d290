package dev.belfry.agent.loop;

import dev.belfry.core.ledger.Attendance;
import dev.belfry.core.ledger.LedgerRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * For how long an incarnation that was lost may have had a lease without writing to the ledger of its part of a broadcast job.
 *
 * <p>As long as one leader leads the ensemble a session that is not heard of lives for its time-out, and what was due after
 * that could only be run by an incarnation that has come back and would have written. A new leader knows nothing of touches:
 * it gives every session its whole time-out anew, however long there was no leader. The incarnation may have come back at the
 * very end of that, begun a fire, and been lost before its first write. So what was due up to its certain end may have run.
 */
final class LostStretch {
    private LostStretch() {}

    /**
     * What the ledger is to say of the time in which the incarnation before may have been in charge.
     *
     * @param written the last transaction that wrote the ledger
     * @param until when that incarnation was certainly gone, by the ensemble's clock
     * @param gone a transaction after its end
     */
    static Optional<Attendance> of(LedgerRecord before, long written, Instant until, long gone) {
        Instant from = before.attended().map(Attendance::from).orElse(before.mark());
        return sameLeader(written, gone) || !until.isAfter(from)
                ? before.attended()
                : Optional.of(new Attendance(from, until));
    }

    /** Whether one leader has led from one transaction to the other. A server without an ensemble counts no leaders. */
    private static boolean sameLeader(long before, long after) {
        return before >>> 32 == after >>> 32 && after >>> 32 != 0;
    }
}
