package dev.belfry.core.job;

import dev.belfry.core.value.Condition;
import java.util.List;
import java.util.Objects;

/**
 * The jobs after which a job of a workflow runs.
 *
 * @param after names of jobs, without repetitions; empty for a job that waits for none
 * @param rule how their outcomes decide
 * @param when what must hold of their outputs, too, once the rule lets the job run; all of it
 */
public record Upstreams(List<String> after, TriggerRule rule, List<Condition> when) {

    /** No upstream job. */
    public static final Upstreams NONE = new Upstreams(List.of(), TriggerRule.ALL_SUCCESS);

    /** Upstreams whose outputs are not looked at. */
    public Upstreams(List<String> after, TriggerRule rule) {
        this(after, rule, List.of());
    }

    public Upstreams {
        after = List.copyOf(after);
        Objects.requireNonNull(rule, "rule");
        when = List.copyOf(when);
    }
}
