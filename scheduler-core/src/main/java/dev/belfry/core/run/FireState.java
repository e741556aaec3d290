package dev.belfry.core.run;

import dev.belfry.core.run.FireLifeCycle.Event;

/** Where one fire of one shard stands in the hands of its owner. */
public enum FireState {
    /** Decided to run, waiting for its turn: late, buffered, or taken up from a predecessor. */
    WAITING,
    /** At-most-once only: the claim is on its way to the ledger. */
    CLAIMING,
    /** An attempt runs. */
    RUNNING,
    /** An attempt was told to stop and has not stopped yet. */
    STOPPING,
    /** The last attempt failed; the next follows after a back-off. */
    BACKING_OFF,
    /** It has its outcome. */
    FINAL;

    /** Whether it counts as running for the overlap policy. */
    public boolean busy() {
        return this != FINAL;
    }

    /** The state that follows on {@code event}, by {@link FireLifeCycle#TABLE}. */
    public FireState on(Event event) {
        return FireLifeCycle.TABLE.next(this, event);
    }
}
