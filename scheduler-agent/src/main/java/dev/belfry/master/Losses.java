package dev.belfry.master;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.Change;
import dev.belfry.core.ownership.Generation;
import dev.belfry.core.ownership.ProofOfLife;
import dev.belfry.core.ownership.Release;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Tenancy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Says of a grant until when the owner before may have held its lease, where that one was lost and has not let go: what was
 * due up to then it may have run without a trace, and nobody else can know.
 *
 * @param now no less than what the ensemble's clock shows
 * @param nanos the same moment by this master's monotonic clock
 * @param registered whether an incarnation is registered
 * @param released what owners have let go of
 * @param returns whether an owner that announced its restart, and for which the job waits, has recorded everything: it has let go too
 * @param life proofs of life
 * @param longestTimeout the longest session time-out of any owner
 * @param heldBefore for how long no unknown owner of a shard without a row can have acted
 */
record Losses(
        Instant now,
        long nanos,
        Predicate<String> registered,
        Set<Release> released,
        Returns returns,
        ProofOfLife life,
        Duration longestTimeout,
        Function<ShardKey, OptionalLong> heldBefore) {

    /** Who comes back to its shards. */
    interface Returns {
        boolean hasLetGo(Incarnation owner, ShardKey shard, Generation since);
    }

    /** Empty for whatever is no grant, and for one that follows nobody, or somebody who let go. */
    Optional<Instant> doubt(Change change, Optional<Tenancy> row) {
        if (!(change instanceof Change.Grant || change instanceof Change.Settle)) {
            return Optional.empty();
        }
        OptionalLong over = row.isPresent() ? over(change.shard(), row.get()) : heldBefore.apply(change.shard());
        if (over.isEmpty()) {
            return Optional.empty();
        }
        Instant until = now.minusNanos(over.getAsLong());
        // One who was lost in turn may not have looked, and its own lease may have ended before that of the one before.
        Optional<Instant> before = row.flatMap(Tenancy::doubt);
        return Optional.of(before.filter(until::isBefore).orElse(until));
    }

    private OptionalLong over(ShardKey shard, Tenancy row) {
        boolean letGo = registered.test(row.owner().name())
                || released.contains(new Release(shard, row.since()))
                || returns.hasLetGo(row.owner(), shard, row.since());
        return letGo
                ? OptionalLong.empty()
                : OptionalLong.of(life.overNanos(row.owner().name(), longestTimeout, nanos));
    }
}
