package dev.belfry.agent.loop;

import java.time.Instant;

/**
 * An incarnation's registration.
 *
 * @param at when it was created, by the ensemble's clock
 * @param zxid of the transaction that created it
 */
record Registered(Instant at, long zxid) {}
