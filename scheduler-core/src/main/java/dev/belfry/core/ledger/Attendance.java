package dev.belfry.core.ledger;

import java.time.Instant;

/**
 * A stretch of time in which an agent was in charge of its part of a broadcast job and looked at everything that was due, or
 * may have: what is neither final nor listed as begun waited for its turn, or ran and left no trace.
 *
 * @param from what came after this instant
 * @param to up to this one
 */
public record Attendance(Instant from, Instant to) {}
