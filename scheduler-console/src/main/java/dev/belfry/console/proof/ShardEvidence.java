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
 * @param mayBeOwned whether the masters' journal lists a grant and no drop after it, so that somebody may still write of it
 */
record ShardEvidence(String name, List<FireEntry> lines, Optional<LedgerRecord> ledger, boolean mayBeOwned) {
    ShardEvidence {
        lines = List.copyOf(lines);
    }
}
