package dev.belfry.faults;

import dev.belfry.agent.client.ClientException;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.faults.check.Comparison;
import dev.belfry.faults.check.Findings;
import dev.belfry.faults.check.ProductRecord;
import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.fault.Fault;
import dev.belfry.faults.fault.Struck;
import dev.belfry.faults.machine.Network;
import dev.belfry.faults.machine.Waiting;
import dev.belfry.faults.witness.Testimony;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One cluster and a few faults: a quiet beginning, the faults one after the other, each healed, a quiet recovery in which
 * nothing is started or stopped, an orderly stop, and then the comparison. One use, not thread-safe.
 */
public final class Round {
    private static final Duration QUIET = Duration.ofSeconds(6);
    private static final Duration BETWEEN = Duration.ofSeconds(3);
    private static final Duration CAUGHT_UP = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;
    private final PrintStream out;
    private final Random random;
    private final List<Blow> blows = new ArrayList<>();
    private final List<RoundReport.Skipped> skipped = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final long began = System.nanoTime();

    /** From when to when, in milliseconds of the epoch, fires may have been late because of it. */
    private record Blow(String fault, Struck struck, long from, long until) {}

    private Round(Path directory, PrintStream out, Random random) {
        this.directory = directory;
        this.out = out;
        this.random = random;
    }

    /**
     * Runs one.
     *
     * @param directory for data, logs and evidence; new
     * @param out is told what happens
     * @throws IOException if the cluster could not be started or a fault not be made
     */
    public static RoundReport run(Path directory, PrintStream out, Cluster.Size size, List<Fault> faults, Random random)
            throws IOException {
        return new Round(directory, out, random).run(size, faults);
    }

    private RoundReport run(Cluster.Size size, List<Fault> faults) throws IOException {
        Network network = Network.best();
        Thread rescue = new Thread(network::close, "network-removal");
        Runtime.getRuntime().addShutdownHook(rescue);
        try (network;
                Cluster cluster = new Cluster(network, directory, size)) {
            Thread killer = new Thread(cluster::endProcesses, "process-removal");
            Runtime.getRuntime().addShutdownHook(killer);
            try {
                return with(cluster, faults);
            } finally {
                Runtime.getRuntime().removeShutdownHook(killer);
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(rescue);
        }
    }

    private RoundReport with(Cluster cluster, List<Fault> faults) throws IOException {
        if (!cluster.network().whyWhole().isEmpty()) {
            say(cluster.network().whyWhole());
        }
        Instant from = Instant.now();
        if (!firing(cluster, from)) {
            throw new IOException("the jobs do not fire before any fault; see the logs in " + directory);
        }
        say("quiet baseline");
        Waiting.pass(QUIET);
        for (Fault fault : faults) {
            strike(cluster, fault);
        }
        say("healed; quiet recovery");
        int registered = cluster.agents().size();
        if (!Waiting.until(() -> cluster.registered() == registered, PATIENCE)) {
            troubles.add("only " + cluster.registered() + " of " + registered + " agents came back");
        }
        Waiting.pass(QUIET);
        Instant until = Instant.ofEpochMilli(Instant.now().toEpochMilli());
        Waiting.until(() -> settled(cluster, from, until), PATIENCE);
        stop(cluster);
        ProductRecord record = ProductRecord.read(cluster.client(), from, until);
        Files.write(
                directory.resolve("record.txt"),
                record.lines().stream().map(FireEntry::toString).toList());
        Findings findings = Comparison.of(cluster.testimony().executions(), record, until);
        List<String> violations = new ArrayList<>(troubles);
        violations.addAll(findings.violations());
        return new RoundReport(recoveries(cluster.testimony()), skipped, violations, findings, record.proof());
    }

    private void strike(Cluster cluster, Fault fault) throws IOException {
        String whyNot = fault.whyNot(cluster);
        if (!whyNot.isEmpty()) {
            say("SKIPPED " + fault.name() + ": " + whyNot);
            skipped.add(new RoundReport.Skipped(fault.name(), whyNot));
            return;
        }
        say(fault.name());
        long begun = System.currentTimeMillis();
        Struck struck = fault.strike(cluster, random);
        boolean again = firing(cluster, struck.from())
                // and what is late has been caught up with, so that it does not count for the next fault
                && Waiting.until(
                        () -> cluster.testimony().allFiring(System.currentTimeMillis() - CAUGHT_UP.toMillis()),
                        PATIENCE);
        say(fault.name() + " met " + struck.what() + "; all shards " + (again ? "fire" : "DO NOT FIRE")
                + " again, in term " + epoch(cluster).term());
        if (again) {
            blows.add(new Blow(fault.name(), struck, begun, System.currentTimeMillis()));
        } else {
            troubles.add("not every shard fires again after " + fault.name());
        }
        Waiting.pass(BETWEEN);
    }

    private List<RoundReport.Recovery> recoveries(Testimony testimony) {
        long zero = System.nanoTime() - System.currentTimeMillis() * 1_000_000;
        List<RoundReport.Recovery> recoveries = new ArrayList<>();
        for (Blow blow : blows) {
            Testimony.Lateness lateness = testimony.lateness(blow.from(), blow.until(), zero);
            long time = Math.max(lateness.over(), blow.struck().nanos())
                    - blow.struck().nanos();
            recoveries.add(new RoundReport.Recovery(
                    blow.fault(), blow.struck().what(), Duration.ofNanos(time), Duration.ofNanos(lateness.most())));
        }
        return recoveries;
    }

    private static Epoch epoch(Cluster cluster) {
        try {
            return cluster.client().epoch();
        } catch (ClientException e) {
            return Epoch.NONE; // said for people only
        }
    }

    /** Waits until every shard has begun something due after {@code due}; whether it came to that. */
    private static boolean firing(Cluster cluster, Instant due) {
        long after = due.toEpochMilli();
        return Waiting.until(() -> cluster.testimony().allFiring(after), PATIENCE);
    }

    private static boolean settled(Cluster cluster, Instant from, Instant until) {
        try {
            return ProductRecord.read(cluster.client(), from, until).settled();
        } catch (ClientException e) {
            return false; // looked at again until patience ends, and then once more
        }
    }

    private void stop(Cluster cluster) {
        say("orderly stop");
        for (AgentJvm agent : cluster.agents()) {
            agent.askToStop();
        }
        for (AgentJvm agent : cluster.agents()) {
            if (!agent.stopped(PATIENCE)) {
                troubles.add(agent + " did not end in good order");
            }
        }
    }

    private void say(String what) {
        out.printf("%6.1f s  %s%n", (System.nanoTime() - began) / 1e9, what);
    }
}
