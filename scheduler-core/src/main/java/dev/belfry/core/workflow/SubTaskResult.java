package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;
import java.util.Objects;
import java.util.Optional;

/**
 * What has become of a sub-task, for the reduce step.
 *
 * @param name what the splitting code called it
 * @param outcome of its run, after all its attempts
 * @param output what it handed on, as JSON; empty if it did not succeed, or gave nothing
 */
public record SubTaskResult(String name, Outcome outcome, Optional<String> output) {

    public SubTaskResult {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(output, "output");
    }
}
