package dev.belfry.core.ownership;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.Incarnation;

/**
 * The table's row of one shard.
 *
 * @param owner who may run it
 * @param since the generation in which it was granted to the owner; unique per shard
 * @param next who is to follow
 */
public record Tenancy(Incarnation owner, Generation since, Successor next) {
    /** Refuses null. */
    public Tenancy {
        requireNonNull(owner);
        requireNonNull(since);
        requireNonNull(next);
    }
}
