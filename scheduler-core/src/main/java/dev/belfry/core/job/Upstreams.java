package dev.belfry.core.job;

import java.util.List;
import java.util.Objects;

/**
 * The jobs after which a job of a workflow runs.
 *
 * @param after names of jobs, without repetitions; empty for a job that waits for none
 * @param rule how their outcomes decide
 */
public record Upstreams(List<String> after, TriggerRule rule) {

    /** No upstream job. */
    public static final Upstreams NONE = new Upstreams(List.of(), TriggerRule.ALL_SUCCESS);

    public Upstreams {
        after = List.copyOf(after);
        Objects.requireNonNull(rule, "rule");
    }
}
