package dev.belfry.core.dispatch;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.Incarnation;
import java.time.Instant;

/**
 * A task in the hands of an agent.
 *
 * @param needs what it takes there, by the definition at its dispatch
 * @param at when it was dispatched
 */
public record Dispatch(QueuedTask task, Incarnation agent, Needs needs, Instant at) {
    public Dispatch {
        requireNonNull(task);
        requireNonNull(agent);
        requireNonNull(needs);
        requireNonNull(at);
    }
}
