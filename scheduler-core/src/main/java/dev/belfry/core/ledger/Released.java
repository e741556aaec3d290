package dev.belfry.core.ledger;

import java.time.Instant;
import java.util.Optional;

/**
 * A hand-over in progress, as its giver records it: fires due after {@code from} were left to the successor.
 *
 * @param at when the shard was let go of
 * @param doubt set where the giver had not settled what an owner lost before it may have run: that was due up to then
 */
public record Released(Instant from, Instant at, Optional<Instant> doubt) {

    /** A hand-over by an owner that knows of everything what became of it. */
    public Released(Instant from, Instant at) {
        this(from, at, Optional.empty());
    }
}
