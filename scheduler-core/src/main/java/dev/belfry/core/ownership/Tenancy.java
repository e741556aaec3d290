package dev.belfry.core.ownership;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.Incarnation;
import java.time.Instant;
import java.util.Optional;

/**
 * The table's row of one shard.
 *
 * @param owner who may run it
 * @param since the generation in which it was granted to the owner; unique per shard
 * @param next who is to follow
 * @param doubt set where the owner before was lost, not asked to let go: its lease may have held until this instant, by
 *     the ensemble's clock, so that it may have run what was due up to then without a trace. The same for all rows of
 *     one {@code since}
 */
public record Tenancy(Incarnation owner, Generation since, Successor next, Optional<Instant> doubt) {
    /** Refuses null. */
    public Tenancy {
        requireNonNull(owner);
        requireNonNull(since);
        requireNonNull(next);
        requireNonNull(doubt);
    }

    /** A row whose owner follows nobody, or somebody who let go. */
    public Tenancy(Incarnation owner, Generation since, Successor next) {
        this(owner, since, next, Optional.empty());
    }
}
