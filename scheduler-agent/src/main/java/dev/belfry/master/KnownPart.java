package dev.belfry.master;

import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;

/**
 * What was read last of the ledger of one agent's part of a broadcast job.
 *
 * @param open whether something of it has no outcome, or nobody has let go of it
 * @param version of the ledger
 * @param stamp by the ensemble's clock; not before the ledger was written last, and no token of the part is of a later second
 */
record KnownPart(String writer, boolean open, int version, Instant stamp) {

    /**
     * So long a part is kept after its agent has let go of it. An agent that takes part without a ledger begins with the second of its
     * registration, so that its tokens are above all that were handed out before, by as much as clocks of the ensemble's servers are apart.
     */
    static final Duration KEPT = Duration.ofHours(1);

    static KnownPart of(Znode znode, LedgerRecord ledger, boolean open) {
        Instant last = Instant.ofEpochSecond(Math.min(ledger.since(), Instant.MAX.getEpochSecond()));
        return new KnownPart(
                ledger.writer(), open, znode.version(), last.isAfter(znode.modified()) ? last : znode.modified());
    }

    /** Whether nobody needs it, unless its agent is registered. */
    boolean isOld(Instant now) {
        return !open && stamp.isBefore(now.minus(KEPT));
    }
}
