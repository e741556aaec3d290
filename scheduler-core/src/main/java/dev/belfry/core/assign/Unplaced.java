package dev.belfry.core.assign;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.ownership.ShardKey;
import java.util.List;

/**
 * A shard that this plan leaves without an owner.
 *
 * @param shard which
 * @param reasons why, for a person to read: what it waits for, or how many agents fail which rule
 */
public record Unplaced(ShardKey shard, List<String> reasons) {
    /** Copies. */
    public Unplaced {
        requireNonNull(shard);
        reasons = List.copyOf(reasons);
    }
}
