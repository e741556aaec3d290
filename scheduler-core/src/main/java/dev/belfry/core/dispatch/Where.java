package dev.belfry.core.dispatch;

import static java.util.Objects.requireNonNull;

import dev.belfry.core.agent.LabelSelector;
import java.util.Optional;

/**
 * Where one task may run, beyond what its job says.
 *
 * @param only the id of the only agent that may run it: that of a broadcast's task
 * @param never the id of an agent that must not: the one that runs the attempt beside which this one is a backup
 * @param avoided the id of an agent that runs it only if no other fits: the one of the attempt before
 * @param labels labels that the agent must have as well
 * @param key what {@code consistent-hash} looks at; empty for the number of the shard
 */
public record Where(
        Optional<String> only, Optional<String> never, Optional<String> avoided, LabelSelector labels, String key) {
    /** Wherever its job may run. */
    public static final Where ANYWHERE =
            new Where(Optional.empty(), Optional.empty(), Optional.empty(), LabelSelector.ANY, "");

    public Where {
        requireNonNull(only);
        requireNonNull(never);
        requireNonNull(avoided);
        requireNonNull(labels);
        requireNonNull(key);
    }

    /** The same on one agent alone. */
    public Where onlyOn(String agentId) {
        return new Where(Optional.of(agentId), never, avoided, labels, key);
    }

    /** The same, never on this agent. */
    public Where neverOn(String agentId) {
        return new Where(only, Optional.of(agentId), avoided, labels, key);
    }

    /** The same, on this agent only if no other fits. */
    public Where avoiding(String agentId) {
        return new Where(only, never, Optional.of(agentId), labels, key);
    }

    /** The same, on agents with these labels. */
    public Where withLabels(LabelSelector required) {
        return new Where(only, never, avoided, required, key);
    }

    /** The same with a key for {@code consistent-hash}. */
    public Where withKey(String hashed) {
        return new Where(only, never, avoided, labels, hashed);
    }
}
