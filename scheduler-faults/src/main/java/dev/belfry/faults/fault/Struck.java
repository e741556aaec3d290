package dev.belfry.faults.fault;

import java.time.Instant;

/**
 * A fault as it happened.
 *
 * @param what whom it met, for people
 * @param from where its recovery is counted from, by the wall clock of the campaign
 * @param nanos the same by the machine's monotonic clock
 */
public record Struck(String what, Instant from, long nanos) {
    /** Recovery is counted from now. */
    static Struck now(String what) {
        return new Struck(what, Instant.now(), System.nanoTime());
    }
}
