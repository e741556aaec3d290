package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.query.Costs;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.job.ByteSize;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code belfry budget}: what the definitions of a namespace may cost together. */
@Command(
        name = "budget",
        description = "Limits what the definitions of a namespace cost together: get, set, clear.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class BudgetVerbs implements Runnable {
    @picocli.CommandLine.Spec
    picocli.CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                java.util.Objects.requireNonNull(spec, "commands are run by picocli")
                        .commandLine(),
                "say what to do: budget get, budget set or budget clear");
    }

    private static int tell(Verb verb, BelfryClient client) {
        Costs costs = Costs.read(client, verb.shell.clock().instant(), UnaryOperator.identity());
        costs.problems().forEach(verb::warn);
        if (verb.format == Verb.Format.TABLE) {
            CostReport.lines(costs.budget(), costs.used()).forEach(verb::print);
        } else {
            verb.print(new TextTable(), CostReport.tree(costs.budget(), costs.used()));
        }
        return costs.problems().isEmpty() ? Exit.DONE : Exit.NO;
    }

    /** {@code budget get}. */
    @Command(name = "get", description = "Shows the budget and what the definitions that are in force use of it.")
    static final class Get extends ClusterVerb {
        Get(Shell shell) {
            super(shell);
        }

        @Override
        int ask(BelfryClient client) {
            return tell(this, client);
        }
    }

    /** {@code budget set}. */
    @Command(
            name = "set",
            description =
                    "Sets limits; those that are not given stay as they are. A definition that would break one is refused"
                            + " by 'apply' and by agents that declare it; what is in force already goes on.")
    static final class Set extends WritingVerb {
        @Option(
                names = "--writes-per-second",
                paramLabel = "N",
                description = "Writes of znodes a second, at most; 0 for no limit.")
        @Nullable
        Long writes;

        @Option(
                names = "--bytes-per-second",
                paramLabel = "SIZE",
                description = "Bytes a second that these carry, such as 4MiB; 0 for no limit.")
        @Nullable
        String bytes;

        @Option(names = "--znodes", paramLabel = "N", description = "Znodes at most; 0 for no limit.")
        @Nullable
        Long znodes;

        @Option(
                names = "--agents",
                paramLabel = "N",
                description = "Reckon with so many agents; 0 for those that are registered when something is applied.")
        @Nullable
        Integer agents;

        private final Map<Quantity, Long> wanted = new EnumMap<>(Quantity.class);

        Set(Shell shell) {
            super(shell);
        }

        @Override
        void check() {
            want("--writes-per-second", Quantity.WRITES, writes);
            want("--znodes", Quantity.ZNODES, znodes);
            try {
                want("--bytes-per-second", Quantity.BYTES, bytes == null ? null : ByteSize.bytes(bytes));
            } catch (IllegalArgumentException e) {
                throw usage("--bytes-per-second: " + e.getMessage());
            }
            if (agents != null && agents < 0) {
                throw usage("--agents: " + agents + " is no number of agents");
            }
            if (wanted.isEmpty() && agents == null) {
                throw usage("say what to limit: --writes-per-second N, --bytes-per-second SIZE or --znodes N");
            }
        }

        private void want(String option, Quantity quantity, @Nullable Long limit) {
            if (limit != null && limit < 0) {
                throw usage(option + ": " + limit + " is no limit; 0 stands for none");
            }
            if (limit != null) {
                wanted.put(quantity, limit);
            }
        }

        @Override
        int ask(BelfryClient client) {
            List<String> problems = new ArrayList<>();
            // One that cannot be read is what this command is to put right.
            Budget before = Costs.budget(client, problems).orElse(Budget.NONE);
            problems.forEach(problem -> warn("replaced: " + problem));
            EnumMap<Quantity, Long> limits = new EnumMap<>(Quantity.class);
            limits.putAll(before.limits());
            limits.putAll(wanted);
            limits.values().removeIf(limit -> limit == 0);
            client.setBudget(new Budget(limits, agents == null ? before.agents() : agents, author, reason));
            return tell(this, client);
        }
    }

    /** {@code budget clear}. */
    @Command(name = "clear", description = "Removes the budget: nothing is limited any more.")
    static final class Clear extends ClusterVerb {
        Clear(Shell shell) {
            super(shell);
        }

        @Override
        boolean writes() {
            return true;
        }

        @Override
        boolean needsNamespace() {
            return true;
        }

        @Override
        int ask(BelfryClient client) {
            client.setBudget(Budget.NONE);
            return tell(this, client);
        }
    }
}
