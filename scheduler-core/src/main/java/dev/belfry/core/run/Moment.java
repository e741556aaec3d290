package dev.belfry.core.run;

import java.time.Instant;

/**
 * One instant on both clocks of a process; they are never compared with each other.
 *
 * @param wall the wall clock: schedules, people
 * @param nanos the monotonic clock: time-outs, leases, back-off
 */
public record Moment(Instant wall, long nanos) {}
