package dev.belfry.console.cli;

import dev.belfry.agent.BelfryClient;
import dev.belfry.console.query.InFlight;
import dev.belfry.console.query.Joining;
import dev.belfry.console.query.LateFires;
import dev.belfry.console.query.Snapshot;
import dev.belfry.console.query.WhatIf;
import dev.belfry.core.job.JobDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "simulate",
        description = "Says what would move, and what would be late, without touching anything.",
        mixinStandardHelpOptions = true)
final class SimulateVerb implements Runnable {
    @picocli.CommandLine.Spec
    picocli.CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(),
                "say what: belfry simulate lose AGENT, simulate add N or simulate apply FILE");
    }

    /** What the three have in common: they read the namespace, and print a forecast. */
    private abstract static class Simulation extends ClusterVerb {
        Simulation(Shell shell) {
            super(shell);
        }

        @Override
        final int ask(BelfryClient client) {
            Snapshot snapshot = Snapshot.read(client, shell.clock().instant());
            report(snapshot.problems());
            WhatIf whatIf = whatIf(snapshot);
            List<InFlight> inFlight = InFlight.of(
                    snapshot,
                    whatIf,
                    layout -> client.ledgers(layout.jobUid(), layout.layout()).byShard());
            WhatIfReport report = new WhatIfReport(snapshot, whatIf, late(snapshot, whatIf), inFlight);
            if (format == Format.TABLE) {
                report.print(this::print, shell.out()::print);
            } else {
                print(new TextTable(), report.tree());
            }
            return whatIf.unplaced().isEmpty() ? Exit.DONE : Exit.NO;
        }

        abstract WhatIf whatIf(Snapshot snapshot);

        Optional<LateFires> late(Snapshot snapshot, WhatIf whatIf) {
            return Optional.empty();
        }
    }

    /** {@code simulate lose}. */
    @Command(
            name = "lose",
            description =
                    "Says what becomes of the shards of agents that die at once: who takes them, how long they have no"
                            + " owner, and what of that time runs late or is missed. Exits with 1 if nobody can take some.")
    static final class Lose extends Simulation {
        @Parameters(arity = "1..*", paramLabel = "AGENT", description = "Ids of the agents.")
        List<String> agents = new ArrayList<>();

        Lose(Shell shell) {
            super(shell);
        }

        @Override
        WhatIf whatIf(Snapshot snapshot) {
            for (String id : agents) {
                if (snapshot.agents().stream().noneMatch(agent -> agent.id().equals(id))) {
                    throw Absent.agent(id, snapshot);
                }
            }
            return WhatIf.lose(snapshot, new TreeSet<>(agents));
        }

        @Override
        Optional<LateFires> late(Snapshot snapshot, WhatIf whatIf) {
            return Optional.of(LateFires.of(snapshot, whatIf));
        }
    }

    /** {@code simulate add}. */
    @Command(
            name = "add",
            description =
                    "Says what moves to agents that join, what such a move waits for, and what is late. Exits with 1 if nobody can"
                            + " take some shards even then.")
    static final class Add extends Simulation {
        @Parameters(
                paramLabel = "N",
                description =
                        "How many, each like the first agent there is; or key=value pairs separated by commas: count, like"
                                + " (an agent's id), zone, slots, handlers (separated by +), label.NAME.")
        String agents = "";

        private @Nullable Joining joining;

        Add(Shell shell) {
            super(shell);
        }

        @Override
        void check() {
            try {
                joining = Joining.parse(agents);
            } catch (IllegalArgumentException e) {
                throw usage(String.valueOf(e.getMessage()));
            }
        }

        @Override
        WhatIf whatIf(Snapshot snapshot) {
            try {
                return WhatIf.add(
                        snapshot, java.util.Objects.requireNonNull(joining).in(snapshot));
            } catch (IllegalArgumentException e) {
                throw new NoException(String.valueOf(e.getMessage()));
            }
        }
    }

    /** {@code simulate apply}. */
    @Command(
            name = "apply",
            description =
                    "Says what moves once the definitions of a file are in force, what each agent has then, and what is"
                            + " late; 'plan' tells of fields and fires. Exits with 1 if nobody can take some shards.")
    static final class Apply extends Simulation {
        @Parameters(paramLabel = "FILE", description = "Definitions in YAML or JSON; - for standard input.")
        String file = "";

        private List<JobDefinition> jobs = List.of();

        Apply(Shell shell) {
            super(shell);
        }

        @Override
        void check() {
            jobs = applicable(file).jobs();
        }

        @Override
        WhatIf whatIf(Snapshot snapshot) {
            Map<String, JobDefinition> changed = new LinkedHashMap<>();
            jobs.forEach(job -> changed.put(job.name(), job));
            return WhatIf.apply(snapshot, changed);
        }
    }
}
