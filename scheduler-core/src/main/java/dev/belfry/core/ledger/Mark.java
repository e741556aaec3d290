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
     * @param failures how many attempts at the fire have failed so far, under this owner and those before: they count
     *     against the retry limit, those that were cut short by the loss of an owner or its lease do not
     * @param first when the first attempt at the fire started, by the wall clock of the agent that ran it: the time for all
     *     attempts counts from there, under whatever owner
     */
    record Started(int attempt, long token, Instant at, String incarnation, int failures, Instant first)
            implements Mark {

        /** The first attempt at a fire. */
        public Started(int attempt, long token, Instant at, String incarnation) {
            this(attempt, token, at, incarnation, 0, at);
        }
    }

    /** At-most-once jobs: its owner may have started it, once. */
    record Claimed(int attempt, long token, Instant at, String incarnation) implements Mark {}
}
