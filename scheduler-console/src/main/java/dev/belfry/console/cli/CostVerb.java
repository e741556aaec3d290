package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.query.Costs;
import dev.belfry.core.cost.Arithmetic;
import dev.belfry.core.cost.Assumptions;
import dev.belfry.core.cost.JobCost;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "cost",
        description =
                "Says what a job costs in ZooKeeper and the history, with the arithmetic; without a job what each costs"
                        + " at most, the most expensive first, and what that leaves of the budget.")
final class CostVerb extends ClusterVerb {
    @Parameters(arity = "0..1", paramLabel = "JOB", description = "Name of the job. Default: all.")
    @Nullable
    String job;

    @Option(
            names = "--agents",
            paramLabel = "N",
            description = "Reckon with so many agents. Default: those that are registered.")
    int agents;

    @Option(
            names = "--run-time",
            paramLabel = "DURATION",
            description =
                    "Reckon with runs that take so long, such as 200ms: an outcome within 5 ms of its start may be"
                            + " written with it. Default: both are shown.")
    @Nullable
    String runTime;

    private @Nullable Duration time;

    CostVerb(Shell shell) {
        super(shell);
    }

    @Override
    void check() {
        if (agents < 0) {
            throw usage("--agents: " + agents + " is no number of agents");
        }
        try {
            time = runTime == null ? null : Durations.parse(runTime);
        } catch (IllegalArgumentException e) {
            throw usage("--run-time: " + e.getMessage());
        }
    }

    private Assumptions asked(Assumptions registered) {
        Assumptions asked = agents == 0 ? registered : registered.withAgents(agents);
        return time == null ? asked : asked.withRunTime(time);
    }

    @Override
    int ask(BelfryClient client) {
        Costs costs = Costs.read(client, shell.clock().instant(), this::asked);
        report(costs.problems());
        if (job == null) {
            all(costs);
        } else {
            one(client, costs, job);
        }
        return costs.problems().isEmpty() ? Exit.DONE : Exit.NO;
    }

    private void one(BelfryClient client, Costs costs, String name) {
        JobCost cost =
                costs.job(name).orElseThrow(() -> Absent.job(name, client.jobs().found()));
        if (format == Format.TABLE) {
            CostReport.lines(cost).forEach(this::print);
            print(CostReport.basis(costs.assumptions()));
            if (costs.queued().contains(name)) {
                print("note: it " + CostReport.OF_QUEUED);
            }
        } else {
            Map<String, Object> tree = CostReport.tree(cost);
            tree.put("basis", CostReport.basisTree(costs.assumptions()));
            print(new TextTable(), tree);
        }
    }

    private void all(Costs costs) {
        TextTable table = new TextTable(
                "JOB",
                ">FIRES/S",
                ">AT ONCE",
                ">WRITES/S",
                ">TRANS/S",
                ">BYTES/S",
                ">ZNODES",
                ">STORED",
                ">HISTORY/DAY");
        costs.jobs().forEach(cost -> row(table, cost));
        table.row(
                "all, at most",
                Arithmetic.number(costs.jobs().stream()
                        .mapToDouble(cost -> cost.rate().perSecond())
                        .sum()),
                costs.jobs().stream().mapToLong(JobCost::atOnce).sum(),
                total(costs, Quantity.WRITES),
                total(costs, Quantity.TRANSACTIONS),
                total(costs, Quantity.BYTES),
                total(costs, Quantity.ZNODES),
                total(costs, Quantity.STORED),
                total(costs, Quantity.HISTORY_ROWS));
        if (format == Format.TABLE) {
            print(table, List.of());
            CostReport.lines(costs.budget(), costs.used()).forEach(this::print);
            print(CostReport.basis(costs.assumptions()));
            costs.queued().stream()
                    .limit(1)
                    .forEach(one -> print("note: " + Words.count(costs.queued().size(), "job") + " of these, such as "
                            + one + ", " + CostReport.OF_QUEUED));
            return;
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        List<Map<String, Object>> jobs = new ArrayList<>();
        costs.jobs().forEach(cost -> jobs.add(CostReport.tree(cost)));
        tree.put("jobs", jobs);
        Map<String, Object> totals = new LinkedHashMap<>();
        for (Quantity quantity : Quantity.values()) {
            totals.put(CostReport.key(quantity), costs.total(quantity));
        }
        tree.put("atMost", totals);
        tree.put("budget", CostReport.tree(costs.budget(), costs.used()));
        tree.put("basis", CostReport.basisTree(costs.assumptions()));
        print(table, tree);
    }

    private static String total(Costs costs, Quantity quantity) {
        return Arithmetic.number(costs.total(quantity));
    }

    private static void row(TextTable table, JobCost cost) {
        table.row(
                cost.job(),
                Arithmetic.number(cost.rate().perSecond()),
                cost.atOnce(),
                most(cost, Quantity.WRITES),
                most(cost, Quantity.TRANSACTIONS),
                most(cost, Quantity.BYTES),
                most(cost, Quantity.ZNODES),
                most(cost, Quantity.STORED),
                most(cost, Quantity.HISTORY_ROWS));
    }

    private static String most(JobCost cost, Quantity quantity) {
        return Arithmetic.number(cost.most(quantity));
    }
}
