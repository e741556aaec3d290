package dev.belfry.core.value;

import java.util.Map;
import java.util.Objects;

/**
 * What the parameters of one run may refer to.
 *
 * @param due what its dates are counted from
 * @param outputs of the upstream jobs that have one, by the name of the job
 */
public record Surroundings(Due due, Map<String, Output> outputs) {

    public Surroundings {
        Objects.requireNonNull(due, "due");
        outputs = Map.copyOf(outputs);
    }
}
