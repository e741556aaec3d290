package dev.belfry.core.ledger;

import dev.belfry.core.run.Outcome;
import java.time.Instant;

/** What the ledger says of a fire that lies above the low-water mark. */
public sealed interface Mark {

    /**
     * It has its outcome.
     *
     * @param reason why, in one of the words of {@link Reasons}; empty where the outcome says it all
     */
    record Final(Outcome outcome, String reason) implements Mark {}

    /**
     * An attempt was started and has no outcome yet.
     *
     * @param attempt its number, from 1
     * @param token its fencing token
     * @param at when it started, by its agent's wall clock
     * @param incarnation who runs it
     */
    record Started(int attempt, long token, Instant at, String incarnation) implements Mark {}

    /** At-most-once jobs: its owner may have started it, once. */
    record Claimed(int attempt, long token, Instant at, String incarnation) implements Mark {}
}
