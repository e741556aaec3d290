package dev.belfry.core.ledger;

import java.time.Duration;

/** How the records of an agent's shards share transactions. */
public final class CommitBounds {

    /** Ledgers in one transaction at most. */
    public static final int LEDGERS = 90;

    /** How long a start waits for its outcome, or an outcome for company while a transaction is under way. */
    public static final Duration LINGER = Duration.ofMillis(5);

    private CommitBounds() {}
}
