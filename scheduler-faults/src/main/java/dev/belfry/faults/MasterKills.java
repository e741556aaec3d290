package dev.belfry.faults;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.schedule.Durations;
import dev.belfry.faults.cluster.AgentJvm;
import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.machine.Waiting;
import dev.belfry.faults.witness.Spread;
import dev.belfry.faults.witness.TickAgent;
import dev.belfry.faults.witness.TickAgent.Manner;
import dev.belfry.faults.witness.Ticks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The master, a standby that runs no jobs, is killed again and again while others fire 200 times a second. No fire may be
 * missed, none late by over 100 ms because of it, no shard may move.
 *
 * <p>Whether lateness comes of it is told by comparison, since the machine has its own: fires that were due from a kill until
 * a second after the next master took office are held against as long a time of quiet in the same run. The time in which the
 * killed process is started again counts for neither; a JVM that starts takes the processor from the others.
 */
@Command(
        name = "master-kills",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = "Kills the master again and again under load; compares the fires with those of quiet times.")
public final class MasterKills extends Scenario {
    private static final String JOB = "load";
    private static final int SHARDS = 20;
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final int WORKERS = 3;
    private static final int STANDBYS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration AFTER = Duration.ofSeconds(1);
    private static final Duration WARM = Duration.ofSeconds(20);
    private static final long LATE = 100;
    /** What the share of late fires may differ by between two times of equal length: chance, and the neighbours. */
    private static final double CHANCE = 0.002;

    @Option(names = "--kills", paramLabel = "N", defaultValue = "50", description = "Default ${DEFAULT-VALUE}.")
    int kills = 50;

    @Option(
            names = "--session-timeout",
            paramLabel = "DURATION",
            defaultValue = "4s",
            description = "Of all agents, 1s to 10s; default ${DEFAULT-VALUE}.")
    String session = "4s";

    private final List<long[]> afterKills = new ArrayList<>();
    private final List<long[]> quiet = new ArrayList<>();
    private int moved;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MasterKills()).execute(arguments));
    }

    @Override
    String name() {
        return "master-kills";
    }

    @Override
    Duration usualLength() {
        return Duration.ofHours(1);
    }

    @Override
    void run(Path place) throws IOException {
        Map<String, Manner> cast = new LinkedHashMap<>();
        for (int i = 1; i <= STANDBYS; i++) {
            cast.put("standby-" + i, Manner.STANDBY);
        }
        for (int i = 1; i <= WORKERS; i++) {
            cast.put("worker-" + i, Manner.WORKER);
        }
        Job job = Job.named(JOB)
                .handler(TickAgent.HANDLER)
                .every(INTERVAL)
                .shards(SHARDS)
                .overlap(OverlapPolicy.BUFFER_ALL, 500)
                .misfire(new Misfire(MisfirePolicy.FIRE_ALL, Duration.ofSeconds(1), Duration.ofHours(1), 10_000));
        cluster(place, new Cluster.Cast(cast, List.of(job.build()), Durations.parse(session)), this::killAll);
    }

    private void killAll(Cluster cluster) throws IOException {
        Waiting.require("every shard fires", () -> firing(cluster), PATIENCE);
        standbysStand(cluster);
        Waiting.pass(WARM);
        long deadline = System.nanoTime() + length().toNanos();
        Random random = new Random(seed);
        long from = System.currentTimeMillis();
        int killed = 0;
        while (killed < kills && System.nanoTime() - deadline < 0) {
            kill(cluster, random);
            killed++;
        }
        Waiting.pass(AFTER);
        long until = System.currentTimeMillis() - 2_000;
        Waiting.until(() -> ticks(cluster).missing(from, until, 1).isEmpty(), PATIENCE);
        report(killed, ticks(cluster), from, until);
    }

    /** A worker that stood for election because it was there first gives way: it stands only while nobody else does. */
    private static void standbysStand(Cluster cluster) throws IOException {
        List<AgentJvm> workers = cluster.agents().stream()
                .filter(agent -> agent.id().startsWith("worker"))
                .toList();
        for (AgentJvm worker : workers) {
            worker.askToStop();
            worker.stopped(PATIENCE);
            worker.restart();
            Waiting.require("all are registered", () -> cluster.registered() == WORKERS + STANDBYS, PATIENCE);
        }
    }

    private void kill(Cluster cluster, Random random) throws IOException {
        Map<String, String> before = owners(cluster);
        AgentJvm master = cluster.master();
        if (master.id().startsWith("worker")) {
            throw new IOException(master + " is master, although a standby was there");
        }
        long term = cluster.client().epoch().term();
        Waiting.pass(Duration.ofMillis(random.nextInt(300)));
        long at = System.currentTimeMillis();
        master.kill();
        Waiting.require(
                "another master is in office", () -> cluster.client().epoch().term() > term, PATIENCE);
        long inOffice = System.currentTimeMillis();
        Waiting.pass(AFTER);
        long over = System.currentTimeMillis();
        afterKills.add(new long[] {at, over});
        master.restart();
        Waiting.require("all are registered", () -> cluster.registered() == WORKERS + STANDBYS, PATIENCE);
        Waiting.pass(AFTER.multipliedBy(2));
        long quietFrom = System.currentTimeMillis();
        Waiting.pass(Duration.ofMillis(over - at));
        quiet.add(new long[] {quietFrom, System.currentTimeMillis()});
        Map<String, String> after = owners(cluster);
        long changed = before.entrySet().stream()
                .filter(shard -> !shard.getValue().equals(after.get(shard.getKey())))
                .count();
        moved += (int) changed;
        say("killed " + master + "; term " + (term + 1) + " after " + (inOffice - at) + " ms; " + changed
                + " shards moved");
    }

    /** Owner and {@code since} of each shard: one that moved and came back is seen too. */
    private static Map<String, String> owners(Cluster cluster) {
        Map<String, String> owners = new LinkedHashMap<>();
        cluster.client()
                .shards()
                .table()
                .forEach((key, row) -> owners.put(key.toString(), row.owner() + " " + row.since()));
        return owners;
    }

    private static boolean firing(Cluster cluster) {
        return cluster.testimony().executions().stream()
                        .map(execution -> execution.key().shard())
                        .distinct()
                        .count()
                == SHARDS;
    }

    private static Ticks ticks(Cluster cluster) {
        return new Ticks(cluster.testimony().executions(), JOB, SHARDS, INTERVAL, zero());
    }

    private static boolean within(List<long[]> times, long due) {
        return times.stream().anyMatch(time -> due >= time[0] && due < time[1]);
    }

    private void report(int killed, Ticks ticks, long from, long until) {
        List<String> missing = ticks.missing(from, until, 5);
        missing.forEach(this::broke);
        Spread after = ticks.lateness(due -> within(afterKills, due));
        Spread control = ticks.lateness(due -> within(quiet, due));
        say(killed + " kills; missed: " + (missing.isEmpty() ? "none" : "see below") + "; shards moved: " + moved
                + "; run to the end twice: " + ticks.twice());
        say("after kills:    " + after);
        say("quiet times:    " + control);
        say("the whole time: " + ticks.lateness(due -> due >= from && due < until));
        if (moved > 0) {
            broke(moved + " shards moved although only masters without handlers were killed");
        }
        if (after.shareOver(LATE) > control.shareOver(LATE) + CHANCE) {
            broke("fires late by over " + LATE + " ms: " + after.over(LATE) + " after kills, " + control.over(LATE)
                    + " in as long a time of quiet");
        }
    }
}
