package dev.belfry.core.queue;

import dev.belfry.core.run.Outcome;

/** What follows when an attempt at a queued task is over. */
public sealed interface TaskEnd {

    /**
     * Nothing: this is its outcome.
     *
     * @param reason a word of {@code Reasons}, or what user code said; may be empty
     */
    record Settled(Outcome outcome, String reason) implements TaskEnd {}

    /**
     * It is queued again.
     *
     * @param history with which
     * @param outcome of the attempt that is over
     * @param reason why that attempt ended
     */
    record Again(TaskHistory history, Outcome outcome, String reason) implements TaskEnd {}
}
