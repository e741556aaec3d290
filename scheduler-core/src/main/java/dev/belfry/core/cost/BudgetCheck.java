package dev.belfry.core.cost;

import dev.belfry.core.job.JobDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Holds the definitions of one apply against the budget of a namespace, all of them together.
 *
 * <p>Those that cost no more than the ones that they replace pass, whatever the others use: what is above its budget can be
 * brought down. Then the others, in their order: each that fits beside all that passed before it.
 */
public final class BudgetCheck {
    /** Differences below this are errors of rounding. */
    private static final double NOTHING = 1e-6;

    private final Budget budget;
    private final CostModel model;
    private final Map<String, JobCost> present = new LinkedHashMap<>();
    private final EnumMap<Quantity, Double> used = new EnumMap<>(Quantity.class);

    /**
     * @param present the definitions in force, one for each name
     * @param assumptions those of the budget replace the number of agents, if it names one
     */
    public BudgetCheck(Budget budget, Collection<JobDefinition> present, Assumptions assumptions) {
        this.budget = budget;
        this.model = new CostModel(budget.reckonedWith(assumptions));
        Budget.QUANTITIES.forEach(quantity -> used.put(quantity, 0.0));
        present.forEach(job -> accept(model.cost(job)));
    }

    private void accept(JobCost cost) {
        JobCost before = present.put(cost.job(), cost);
        used.replaceAll((quantity, sum) -> sum + growth(quantity, before, cost));
    }

    private static double growth(Quantity quantity, @Nullable JobCost before, JobCost after) {
        return after.most(quantity) - (before == null ? 0 : before.most(quantity));
    }

    /** How much of a limited quantity the definitions in force use, those that have passed included. */
    public double used(Quantity quantity) {
        return used.getOrDefault(quantity, 0.0);
    }

    /**
     * Which of {@code wanted} would break the budget. Those that would not count as in force from now on.
     *
     * @return why not, by the name of the job, in the order of {@code wanted}
     */
    public Map<String, String> refusals(List<JobDefinition> wanted) {
        Map<String, JobCost> costs = new LinkedHashMap<>();
        wanted.forEach(job -> costs.put(job.name(), model.cost(job)));
        List<JobCost> growing = new ArrayList<>();
        for (JobCost cost : costs.values()) {
            JobCost before = present.get(cost.job());
            if (Budget.QUANTITIES.stream().allMatch(quantity -> growth(quantity, before, cost) <= NOTHING)) {
                accept(cost);
            } else {
                growing.add(cost);
            }
        }
        Map<String, String> refused = new LinkedHashMap<>();
        for (JobCost cost : growing) {
            List<String> broken = broken(cost);
            if (broken.isEmpty()) {
                accept(cost);
            } else {
                refused.put(
                        cost.job(),
                        "it would break the budget of the namespace: " + String.join("; ", broken)
                                + ". 'belfry cost' shows what uses it, 'belfry budget set' raises it");
            }
        }
        return refused;
    }

    private List<String> broken(JobCost cost) {
        JobCost before = present.get(cost.job());
        List<String> broken = new ArrayList<>();
        for (Quantity quantity : Budget.QUANTITIES) {
            OptionalLong limit = budget.limit(quantity);
            double growth = growth(quantity, before, cost);
            double sum = used(quantity) + growth;
            if (limit.isPresent() && growth > NOTHING && sum > limit.getAsLong() + NOTHING) {
                broken.add(sentence(quantity, cost, before == null ? 0 : before.most(quantity), limit.getAsLong()));
            }
        }
        return broken;
    }

    /** {@code 24 writes/s (6 shards x ...) beside the 1,990 writes/s of all others make 2,014, and 2,000 are allowed}. */
    private String sentence(Quantity quantity, JobCost cost, double before, long limit) {
        double others = used(quantity) - before;
        return Arithmetic.number(cost.most(quantity)) + " " + quantity.unit() + " ("
                + cost.of(quantity).most().arithmetic() + ") beside " + Arithmetic.number(Math.max(0, others))
                + " of all others make " + Arithmetic.number(others + cost.most(quantity)) + ", and "
                + Arithmetic.number((double) limit) + " are allowed";
    }
}
