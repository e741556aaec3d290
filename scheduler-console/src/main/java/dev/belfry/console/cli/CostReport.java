package dev.belfry.console.cli;

import dev.belfry.core.cost.Amount;
import dev.belfry.core.cost.Arithmetic;
import dev.belfry.core.cost.Assumptions;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.Estimate;
import dev.belfry.core.cost.JobCost;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.schedule.Durations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Costs, for people and for programs. */
final class CostReport {
    private CostReport() {}

    /** What the figures go by. */
    static String basis(Assumptions assumptions) {
        return "With " + Words.count(assumptions.agents(), "agent") + ", fires averaged over "
                + Durations.format(assumptions.horizon()) + " from " + Times.iso(assumptions.from())
                + ", the journal kept for "
                + Durations.format(assumptions.journalKeep())
                + assumptions
                        .runTime()
                        .map(time -> ", runs of " + Durations.format(time))
                        .orElse("")
                + ". Not counted: retries, late runs, runs that are asked for, checkpoints.";
    }

    static Map<String, Object> basisTree(Assumptions assumptions) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("agents", assumptions.agents());
        tree.put("from", Times.iso(assumptions.from()));
        tree.put("horizonMillis", assumptions.horizon().toMillis());
        tree.put("journalKeepMillis", assumptions.journalKeep().toMillis());
        tree.put("runMillis", Times.millis(assumptions.runTime()));
        return tree;
    }

    /** {@code writesPerSecond}: the key of a quantity. */
    static String key(Quantity quantity) {
        return switch (quantity) {
            case ZNODES -> "znodes";
            case WATCHES -> "watches";
            case TRANSACTIONS -> "transactionsPerSecond";
            case WRITES -> "writesPerSecond";
            case BYTES -> "bytesPerSecond";
            case STORED -> "bytesStored";
            case HISTORY_ROWS -> "historyRowsPerDay";
        };
    }

    /** One job with the arithmetic of each figure. */
    static List<String> lines(JobCost cost) {
        List<String> lines = new ArrayList<>();
        lines.add(cost.job() + ": " + fires(cost));
        for (Quantity quantity : Quantity.values()) {
            Amount amount = cost.of(quantity);
            String least = Arithmetic.number(amount.least().value());
            String most = Arithmetic.number(amount.most().value());
            boolean one = amount.least().equals(amount.most());
            lines.add("  " + quantity.unit() + ": " + (one ? most : least + " to " + most));
            if (!one) {
                lines.add("      at least  " + amount.least().arithmetic());
            }
            lines.add("      " + (one ? "" : "at most   ") + amount.most().arithmetic());
        }
        return lines;
    }

    private static String fires(JobCost cost) {
        return Arithmetic.number(cost.rate().perSecond()) + " fires/s ("
                + cost.rate().basis() + ")"
                + (cost.atOnce() > 0 ? ", " + Words.count(cost.atOnce(), "shard") + " due at once" : "");
    }

    /** In one line, at most: {@code at most 24 writes/s (...), 30,000 bytes/s, 12 znodes}. */
    /** What is not reckoned of queued jobs. */
    static final String OF_QUEUED =
            "is queued: what is reckoned is what it would cost if agents owned its shards. Segments, inboxes"
                    + " and outboxes are not reckoned yet; a fire of one shard takes a transaction each to queue, dispatch, report and"
                    + " settle it, and no ledger";

    static String brief(JobCost cost) {
        return "costs at most " + figure(cost, Quantity.WRITES) + " ("
                + cost.of(Quantity.WRITES).most().arithmetic() + "), " + figure(cost, Quantity.BYTES) + ", "
                + figure(cost, Quantity.ZNODES);
    }

    private static String figure(JobCost cost, Quantity quantity) {
        return Arithmetic.number(cost.most(quantity)) + " " + quantity.unit();
    }

    static Map<String, Object> tree(JobCost cost) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("job", cost.job());
        tree.put("firesPerSecond", cost.rate().perSecond());
        tree.put("firesBasis", cost.rate().basis());
        tree.put("dueAtOnce", cost.atOnce());
        for (Quantity quantity : Quantity.values()) {
            Amount amount = cost.of(quantity);
            Map<String, Object> both = new LinkedHashMap<>();
            both.put("least", tree(amount.least()));
            both.put("most", tree(amount.most()));
            tree.put(key(quantity), both);
        }
        return tree;
    }

    private static Map<String, Object> tree(Estimate estimate) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("value", estimate.value());
        tree.put("arithmetic", estimate.arithmetic());
        return tree;
    }

    // --- the budget

    /** Each limit with what is used of it; one sentence if there is no budget. */
    static List<String> lines(Budget budget, Map<Quantity, Double> used) {
        if (budget.isNone()) {
            return List.of("There is no budget; 'belfry budget set' sets one.");
        }
        List<String> lines = new ArrayList<>();
        for (Quantity quantity : Budget.QUANTITIES) {
            budget.limit(quantity).ifPresent(limit -> {
                double use = used.getOrDefault(quantity, 0.0);
                lines.add("Budget: " + Arithmetic.number(use) + " of " + Arithmetic.number((double) limit) + " "
                        + quantity.unit() + ", " + Math.round(100 * use / limit) + " %"
                        + (use > limit ? ": EXCEEDED; nothing that costs more is applied" : ""));
            });
        }
        lines.add("Set by " + (budget.by().isEmpty() ? "nobody known" : budget.by())
                + (budget.reason().isEmpty() ? "" : ": " + budget.reason())
                + (budget.agents() > 0 ? "; reckoned with " + Words.count(budget.agents(), "agent") : "") + ".");
        return lines;
    }

    static Map<String, Object> tree(Budget budget, Map<Quantity, Double> used) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (Quantity quantity : Budget.QUANTITIES) {
            budget.limit(quantity).ifPresent(limit -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("limit", limit);
                one.put("used", used.getOrDefault(quantity, 0.0));
                tree.put(key(quantity), one);
            });
        }
        tree.put("agents", budget.agents());
        tree.put("by", budget.by());
        tree.put("reason", budget.reason());
        return tree;
    }
}
