package dev.belfry.faults;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.schedule.Durations;
import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import dev.belfry.faults.witness.TickAgent;
import dev.belfry.faults.witness.TickAgent.Manner;
import dev.belfry.faults.witness.Ticks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Every agent of a cluster under load is restarted, one after the other, each in a JVM of its own. No fire may be missed, by
 * what the handlers wrote; a shard may move twice on average, and not at all where its job has a rejoin grace.
 */
@Command(
        name = "rolling-restart",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = "Restarts agents under load one after the other; counts what is missed and what moves.")
public final class RollingRestart extends Scenario {
    private static final String JOB = "load";
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration QUIET = Duration.ofSeconds(5);

    @Option(names = "--agents", paramLabel = "N", defaultValue = "20", description = "Default ${DEFAULT-VALUE}.")
    int agents = 20;

    @Option(names = "--shards", paramLabel = "N", defaultValue = "60", description = "Default ${DEFAULT-VALUE}.")
    int shards = 60;

    @Option(
            names = "--rejoin-grace",
            paramLabel = "DURATION",
            description = "Only with this one; 0s for none. Default: without one, then with 60s.")
    String grace = "";

    @Option(
            names = "--session-timeout",
            paramLabel = "DURATION",
            defaultValue = "6s",
            description = "Of the agents, 1s to 10s; default ${DEFAULT-VALUE}.")
    String session = "6s";

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new RollingRestart()).execute(arguments));
    }

    @Override
    String name() {
        return "rolling-restart";
    }

    @Override
    Duration usualLength() {
        return Duration.ofHours(1);
    }

    @Override
    void run(Path place) throws IOException {
        long deadline = System.nanoTime() + length().toNanos();
        for (Duration one :
                grace.isEmpty() ? List.of(Duration.ZERO, Duration.ofSeconds(60)) : List.of(Durations.parse(grace))) {
            say(agents + " agents, each in a JVM of its own, " + shards + " shards every second, rejoin-grace "
                    + one.toSeconds() + " s");
            Map<String, Manner> cast = new LinkedHashMap<>();
            for (int i = 1; i <= agents; i++) {
                cast.put("agent-" + i, one.isZero() ? Manner.LEAVING : Manner.RESTARTING);
            }
            Job job = Job.named(JOB)
                    .handler(TickAgent.HANDLER)
                    .every(INTERVAL)
                    .shards(shards)
                    .rejoinGrace(one)
                    .overlap(OverlapPolicy.BUFFER_ALL, 500)
                    .misfire(new Misfire(MisfirePolicy.FIRE_ALL, Duration.ofSeconds(1), Duration.ofHours(1), 1_000));
            cluster(
                    place.resolve("grace-" + one.toSeconds()),
                    new Cluster.Cast(cast, List.of(job.build()), Durations.parse(session)),
                    cluster -> restartAll(cluster, one, deadline));
        }
    }

    private void restartAll(Cluster cluster, Duration one, long deadline) throws IOException {
        Waiting.require("every shard fires", () -> firing(cluster, 0), PATIENCE);
        Waiting.pass(QUIET);
        Moves moves = new Moves(cluster.client());
        long from = System.currentTimeMillis();
        List<AgentJvm> order = new ArrayList<>(cluster.agents());
        Collections.shuffle(order, new Random(seed));
        int restarted = 0;
        for (AgentJvm agent : order) {
            if (System.nanoTime() - deadline < 0) {
                restart(cluster, agent);
                restarted++;
            }
        }
        Waiting.pass(QUIET);
        long until = System.currentTimeMillis() - 2_000;
        Waiting.until(() -> ticks(cluster).missing(from, until, 1).isEmpty(), PATIENCE);
        report(restarted, one, moves.count(cluster.client()), ticks(cluster), new long[] {from, until});
    }

    private void restart(Cluster cluster, AgentJvm agent) throws IOException {
        long begun = System.nanoTime();
        agent.askToStop();
        if (!agent.stopped(PATIENCE)) {
            broke(agent + " did not end in good order");
        }
        agent.restart();
        Waiting.require(agent + " is registered again", () -> cluster.registered() == agents, PATIENCE);
        long back = System.currentTimeMillis();
        Waiting.require("every shard fires", () -> firing(cluster, back), PATIENCE);
        say(agent + " is back after " + (System.nanoTime() - begun) / 1_000_000 + " ms");
    }

    private Ticks ticks(Cluster cluster) {
        return new Ticks(cluster.testimony().executions(), JOB, shards, INTERVAL, zero());
    }

    private boolean firing(Cluster cluster, long after) {
        return cluster.testimony().executions().stream()
                        .filter(execution -> execution.key().due() > after)
                        .map(execution -> execution.key().shard())
                        .distinct()
                        .count()
                == shards;
    }

    private void report(int restarted, Duration one, Map<String, Integer> moves, Ticks ticks, long[] time) {
        List<String> missing = ticks.missing(time[0], time[1], 5);
        missing.forEach(this::broke);
        double average =
                moves.values().stream().mapToInt(Integer::intValue).average().orElse(0);
        int worst = moves.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        say(restarted + " restarts; missed: " + (missing.isEmpty() ? "none" : "see below") + "; run to the end twice: "
                + ticks.twice() + "; "
                + ticks.lateness(due -> due >= time[0] && due < time[1]));
        say(String.format(
                java.util.Locale.ROOT,
                "moves of a shard: %.2f on average, %d at worst; shards by number of moves: %s",
                average,
                worst,
                spread(moves)));
        if (average > (one.isZero() ? 2 : 0)) {
            broke(String.format(
                    java.util.Locale.ROOT,
                    "a shard moved %.2f times on average, with a rejoin grace of %s",
                    average,
                    one));
        }
    }

    private static Map<Integer, Integer> spread(Map<String, Integer> moves) {
        Map<Integer, Integer> spread = new java.util.TreeMap<>();
        moves.values().forEach(count -> spread.merge(count, 1, Integer::sum));
        return spread;
    }
}
