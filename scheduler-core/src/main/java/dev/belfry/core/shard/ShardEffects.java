package dev.belfry.core.shard;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import java.time.Duration;

/** What a {@link ShardRuns} wants done; the shell around it does it. None of these may call back into it at once. */
public interface ShardEffects {

    /** Start this attempt. Its end comes back through {@link ShardRuns#ended}. */
    void start(AttemptOrder order);

    /** Tell the running attempt with this token to stop: signal, interrupt, abandon. */
    void stop(long token, String reason);

    /** Call {@link ShardRuns#retry} for this fire once the pause is over. */
    void backOff(FireId fire, Duration pause);

    /** Add this line to the journal, in the commit that carries the next record of this shard. */
    void journal(FireEntry entry);

    /** A uniformly distributed number in [0, 1). */
    double random();
}
