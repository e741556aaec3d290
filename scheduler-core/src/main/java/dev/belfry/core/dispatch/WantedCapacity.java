package dev.belfry.core.dispatch;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.LabelSelector;

/**
 * What agents with some labels would have to have more, so that all tasks that wait only for room could start.
 *
 * @param labels what these agents need
 * @param tasks how many tasks wait
 * @param needs what they take together
 */
public record WantedCapacity(LabelSelector labels, int tasks, Needs needs) {
    public WantedCapacity {
        requireNonNull(labels);
        requireNonNull(needs);
    }
}
