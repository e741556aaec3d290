package dev.belfry.core.version;

import dev.belfry.core.ledger.FireId;
import java.time.Instant;

/**
 * A run that somebody has cancelled. What of it runs is told to stop, what of it waits is not started, on every shard.
 *
 * @param fire the run
 * @param accepted when the master accepted it
 */
public record CancelledRun(FireId fire, Instant accepted, Author author) {}
