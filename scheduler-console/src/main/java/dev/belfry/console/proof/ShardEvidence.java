package dev.belfry.console.proof;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerRecord;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one shard of a layout.
 *
 * @param name its number, or the agent id for a broadcast job
 * @param lines of the journal, as far as they are listed
 * @param ended lines of pasts that restores have ended
 * @param queue how far the queue is with it; empty for a shard that is not the queue's
 * @param waits whether it is a shard of the present layout that has no owner: what is due waits for one
 */
record ShardEvidence(
        String name,
        List<FireEntry> lines,
        List<FireEntry> ended,
        Optional<LedgerRecord> ledger,
        Optional<QueueSight> queue,
        boolean waits) {
    ShardEvidence {
        lines = List.copyOf(lines);
        ended = List.copyOf(ended);
    }
}
