package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.console.query.Costs;
import dev.belfry.console.query.Snapshot;
import dev.belfry.core.cost.Assumptions;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.BudgetCheck;
import dev.belfry.core.cost.CostModel;
import dev.belfry.core.cost.JobCost;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.job.JobDefinition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What definitions that are to be applied cost, and what the budget of the namespace says to that. */
final class BudgetForecast {
    private final CostModel model;
    private final Budget budget;
    private final Map<String, String> refused;
    private final Map<Quantity, Double> used = new EnumMap<>(Quantity.class);
    private final List<String> problems;

    private BudgetForecast(
            Budget budget,
            Assumptions assumptions,
            BudgetCheck check,
            List<JobDefinition> wanted,
            List<String> problems) {
        this.budget = budget;
        this.model = new CostModel(budget.reckonedWith(assumptions));
        this.refused = check.refusals(wanted);
        this.problems = problems;
        Budget.QUANTITIES.forEach(quantity -> used.put(quantity, check.used(quantity)));
    }

    static BudgetForecast of(BelfryClient client, Snapshot snapshot, List<JobDefinition> wanted) {
        List<String> problems = new ArrayList<>();
        Budget budget = Costs.budget(client, problems).orElse(Budget.NONE);
        Assumptions assumptions = ClientLoop.assumptions(snapshot.agents(), snapshot.now());
        List<JobDefinition> present = snapshot.jobs().stream()
                .filter(job -> !job.record().deleted())
                .map(job -> job.record().definition())
                .toList();
        return new BudgetForecast(budget, assumptions, new BudgetCheck(budget, present, assumptions), wanted, problems);
    }

    List<String> problems() {
        return problems;
    }

    JobCost cost(JobDefinition job) {
        return model.cost(job);
    }

    /** Why 'apply' would refuse a definition. */
    Optional<String> refusal(JobDefinition job) {
        return Optional.ofNullable(refused.get(job.name()));
    }

    boolean isRefused() {
        return !refused.isEmpty();
    }

    /** What would be used of the budget once what is not refused is applied; nothing if there is none. */
    List<String> lines() {
        return budget.isNone() ? List.of() : CostReport.lines(budget, used);
    }

    Map<String, Object> tree() {
        return CostReport.tree(budget, used);
    }
}
