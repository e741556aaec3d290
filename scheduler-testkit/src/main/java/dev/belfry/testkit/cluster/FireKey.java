package dev.belfry.testkit.cluster;

import dev.belfry.core.ledger.FireId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tells the fires of a shard apart: a scheduled one by its instant, one that was asked for by the id of its run alone. */
record FireKey(@Nullable Instant due, @Nullable String runId) {

    static FireKey of(FireId fire) {
        return fire.isScheduled()
                ? new FireKey(fire.due(), null)
                : new FireKey(null, fire.requested().orElseThrow());
    }
}
