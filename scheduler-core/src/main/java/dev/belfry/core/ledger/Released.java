package dev.belfry.core.ledger;

import java.time.Instant;

/**
 * A hand-over in progress, as its giver records it: fires due after {@code from} were left to the successor.
 *
 * @param at when the shard was let go of
 */
public record Released(Instant from, Instant at) {}
