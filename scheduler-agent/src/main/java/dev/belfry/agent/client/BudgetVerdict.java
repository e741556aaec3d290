package dev.belfry.agent.client;

import dev.belfry.core.job.JobDefinition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** Those definitions that are not refused, in their order. */
    public List<JobDefinition> allowed(List<JobDefinition> definitions) {
        return definitions.stream()
                .filter(definition -> !refused.containsKey(definition.name()))
                .toList();
    }

    /** The refusal of a definition; empty if it is allowed. */
    public Optional<Applied> refusal(JobDefinition definition) {
        return Optional.ofNullable(refused.get(definition.name()))
                .map(why -> new Applied.Refused(definition.name(), why));
    }
}
