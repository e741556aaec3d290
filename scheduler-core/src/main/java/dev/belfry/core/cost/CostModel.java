package dev.belfry.core.cost;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.schedule.Schedule;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * What definitions cost, each as if it were alone.
 *
 * <p>It reckons with runs that are due and succeed at their first attempt while no agent comes or goes. Not counted: retries,
 * failures with long messages, late runs after an outage, runs that were asked for, checkpoints, moves of shards, and reads,
 * of which a fire needs none.
 *
 * <p>At least: as much as a job alone costs whose outcomes meet their starts in one transaction, and whose shards of one
 * agent end together. At most: the bound that also holds in company, if every outcome goes by itself and every write of a
 * journal's entry finds it full. Transactions of jobs that are due at the same instant are shared, so that the sum over jobs
 * is a bound, too.
 *
 * <p>Rates of equal schedules are reckoned once. Not thread-safe.
 */
public final class CostModel {
    private final Assumptions assumptions;
    private final Map<Schedule, FireRate> rates = new HashMap<>();

    public CostModel(Assumptions assumptions) {
        this.assumptions = assumptions;
    }

    public Assumptions assumptions() {
        return assumptions;
    }

    /** What {@code job} costs. A job that is paused costs what it would cost otherwise. */
    public JobCost cost(JobDefinition job) {
        FireRate rate = job.enabled()
                ? rates.computeIfAbsent(job.schedule(), schedule -> FireRate.of(schedule, assumptions))
                : FireRate.of(job, assumptions);
        Costing costing = new Costing(job, rate, assumptions);
        EnumMap<Quantity, Amount> amounts = new EnumMap<>(Quantity.class);
        for (Quantity quantity : Quantity.values()) {
            amounts.put(quantity, costing.amount(quantity));
        }
        int shards = FireLoad.shards(job, assumptions);
        return new JobCost(job.name(), rate, rate.perSecond() > 0 ? shards : 0, amounts);
    }
}
