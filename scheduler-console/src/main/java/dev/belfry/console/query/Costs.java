package dev.belfry.console.query;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.agent.client.JobState;
import dev.belfry.core.cost.Assumptions;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.BudgetCheck;
import dev.belfry.core.cost.CostModel;
import dev.belfry.core.cost.JobCost;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.record.CorruptRecordException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the definitions of a namespace cost, and what its budget says.
 *
 * @param jobs the most expensive first, by writes
 * @param budget {@link Budget#NONE} if there is none, or if it cannot be read
 * @param used of what a budget may limit, reckoned as the budget says
 * @param queued names of the queued jobs, whose writes in the queue are not reckoned
 * @param problems records that cannot be read
 */
public record Costs(
        List<JobCost> jobs,
        Assumptions assumptions,
        Budget budget,
        Map<Quantity, Double> used,
        List<String> queued,
        List<String> problems) {

    public Costs {
        jobs = List.copyOf(jobs);
        used = Map.copyOf(used);
        queued = List.copyOf(queued);
        problems = List.copyOf(problems);
    }

    /** Reads them. {@code asked} may change what is reckoned with. */
    public static Costs read(BelfryClient client, Instant now, UnaryOperator<Assumptions> asked) {
        List<String> problems = new ArrayList<>();
        var agents = client.agents();
        var jobs = client.jobs();
        problems.addAll(agents.problems());
        problems.addAll(jobs.problems());
        Budget budget = budget(client, problems).orElse(Budget.NONE);
        return of(jobs.found(), agents.found(), budget, now, asked, problems);
    }

    /** The budget as it is; a note in {@code problems} and nothing if it cannot be read. */
    public static Optional<Budget> budget(BelfryClient client, List<String> problems) {
        try {
            return Optional.of(client.budget());
        } catch (CorruptRecordException e) {
            problems.add(e.getMessage() + " No definition is refused meanwhile; 'belfry budget set' writes it anew.");
            return Optional.empty();
        }
    }

    private static Costs of(
            List<JobState> jobs,
            List<AgentState> agents,
            Budget budget,
            Instant now,
            UnaryOperator<Assumptions> asked,
            List<String> problems) {
        List<JobDefinition> present = jobs.stream()
                .filter(job -> !job.record().deleted())
                .map(job -> job.record().definition())
                .toList();
        Assumptions registered = ClientLoop.assumptions(agents, now);
        Assumptions assumptions = asked.apply(registered);
        CostModel model = new CostModel(assumptions);
        List<JobCost> costs = present.stream()
                .map(model::cost)
                .sorted(Comparator.comparingDouble((JobCost cost) -> -cost.most(Quantity.WRITES))
                        .thenComparing(JobCost::job))
                .toList();
        BudgetCheck check = new BudgetCheck(budget, present, registered);
        EnumMap<Quantity, Double> used = new EnumMap<>(Quantity.class);
        Budget.QUANTITIES.forEach(quantity -> used.put(quantity, check.used(quantity)));
        List<String> queued = present.stream()
                .filter(job -> job.placement() == Placement.QUEUED)
                .map(JobDefinition::name)
                .sorted()
                .toList();
        return new Costs(costs, assumptions, budget, used, queued, problems);
    }

    /** One job's. */
    public Optional<JobCost> job(String name) {
        return jobs.stream().filter(cost -> cost.job().equals(name)).findFirst();
    }

    /** At most so much of a quantity by all of them. */
    public double total(Quantity quantity) {
        return jobs.stream().mapToDouble(cost -> cost.most(quantity)).sum();
    }
}
