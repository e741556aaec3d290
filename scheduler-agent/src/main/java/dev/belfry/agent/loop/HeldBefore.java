package dev.belfry.agent.loop;

import dev.belfry.core.shard.ShardRef;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The tenancies that this process has had. None comes twice, unless the ensemble has lost transactions and the table names
 * this agent as it did before a move: the numbers of its attempts are used up then, and it has to be granted anew.
 *
 * <p>Not thread-safe; owned by the agent's loop.
 */
final class HeldBefore {
    private static final int FEW = 1_000;

    private final Map<ShardRef, Long> latest = new HashMap<>();
    private int large = FEW;

    /** A tenancy begins. Whether this one, or a later one of the same shard, was held before. */
    boolean begins(ShardRef shard, long since) {
        Long before = latest.get(shard);
        boolean again = before != null && since <= before;
        latest.merge(shard, since, Math::max);
        return again;
    }

    /** The next tenancy of a shard that nobody grants, after one that its ledger tells of. */
    long after(ShardRef shard, long stored) {
        return Math.max(stored, latest.getOrDefault(shard, 0L)) + 1;
    }

    /** Keeps the number of shards in bounds: what is of no job any more is granted to nobody. */
    void forget(Predicate<String> known) {
        if (latest.size() > large) {
            latest.keySet().removeIf(shard -> !known.test(shard.jobUid()));
            large = Math.max(FEW, 2 * latest.size());
        }
    }
}
