package dev.belfry.agent.client;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the budget of a namespace says of definitions.
 *
 * @param refused why not, by the names of the jobs that would break it
 * @param problems records that could not be read; a budget that cannot be read refuses nothing, a job that cannot be read costs
 *     nothing
 */
public record BudgetVerdict(Map<String, String> refused, List<String> problems) {

    /** Nothing is refused. */
    public static final BudgetVerdict FREE = new BudgetVerdict(Map.of(), List.of());

    public BudgetVerdict {
        refused = Collections.unmodifiableMap(new LinkedHashMap<>(refused));
        problems = List.copyOf(problems);
    }
}
