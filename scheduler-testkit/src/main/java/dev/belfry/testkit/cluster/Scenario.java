package dev.belfry.testkit.cluster;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.testkit.store.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * What a seed stands for: jobs, agents, and faults at their times; and how it is run: a start in peace, the faults, then
 * everything healed and a while of quiet, after which everything must be as if nothing had happened.
 *
 * @param agents how many there are at first
 * @param jobs applied at the start
 * @param faults by time, ascending
 */
public record Scenario(long seed, int agents, List<JobDefinition> jobs, List<Timed> faults) {
    private static final Duration PEACE = Duration.ofSeconds(8);
    private static final Duration TROUBLE = Duration.ofSeconds(40);
    private static final Duration QUIET = Duration.ofSeconds(50);
    /** After the last fault links and clocks are right again, and what was under way has ended. */
    private static final Duration SETTLING = Duration.ofSeconds(15);
    /** The table does not change in the last part of the quiet. */
    private static final Duration STILL = Duration.ofSeconds(10);
    /** What is due in the last moments before the end need not be settled. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    /** Short, so that most scenarios have fires of which an event is raised. */
    private static final Duration TOLERANCE = Duration.ofSeconds(4);

    private static final int[] PERIODS = {1_000, 2_000, 3_000, 5_000};

    /** What people do to a job that others change at the same time. */
    private static final List<Command.Kind> MEANWHILE =
            List.of(Command.Kind.TRIGGER, Command.Kind.PAUSE, Command.Kind.RESUME, Command.Kind.DELETE);

    /** By how much a clock is wrong beyond what an agent bears. */
    private static final List<Duration> FAR =
            List.of(Duration.ofSeconds(30), Duration.ofMinutes(7), Duration.ofHours(1), Duration.ofDays(1));

    /** A fault and when it strikes, counted from the start. */
    public record Timed(Duration at, Fault fault) {
        @Override
        public String toString() {
            return "%8.3f s  %s".formatted(at.toNanos() / 1e9, fault);
        }
    }

    public Scenario {
        jobs = List.copyOf(jobs);
        faults = List.copyOf(faults);
    }

    /** The scenario of a seed. */
    public static Scenario of(long seed) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x5eed_5eed_5eedL);
        SplittableRandom more = new SplittableRandom(seed ^ 0x0dd_5eed_0dd5L);
        int agents = 3 + random.nextInt(3);
        List<JobDefinition> jobs = new ArrayList<>();
        int jobCount = 2 + random.nextInt(3);
        for (int i = 0; i < jobCount; i++) {
            jobs.add(job("job" + i, random, more));
        }
        List<Timed> faults = new ArrayList<>();
        int count = 2 + random.nextInt(9);
        for (int i = 0; i < count; i++) {
            long at = PEACE.toNanos() + random.nextLong(TROUBLE.toNanos());
            faults.add(new Timed(Duration.ofNanos(at / 1_000_000 * 1_000_000), fault(agents, jobs, random, more)));
        }
        if (more.nextInt(4) == 0) {
            long at = PEACE.toNanos() + more.nextLong(TROUBLE.toNanos());
            faults.add(new Timed(Duration.ofNanos(at / 1_000_000 * 1_000_000), rare(agents, jobs, more)));
        }
        QueueDraws.add(seed, PEACE, TROUBLE, jobs, faults);
        faults.sort(Comparator.comparing(Timed::at));
        return new Scenario(seed, agents, jobs, faults);
    }

    /** @param more draws what came later, so that a seed stays what it is */
    private static JobDefinition job(String name, SplittableRandom random, SplittableRandom more) {
        int period = PERIODS[random.nextInt(PERIODS.length)];
        Job job = Job.named(name).handler(SimCluster.HANDLER).tolerance(TOLERANCE);
        int kind = random.nextInt(10);
        if (kind != 1) {
            job.shards(1 + random.nextInt(5));
        }
        if (kind == 0) {
            return job.delay(Duration.ofMillis(period)).build();
        }
        job.parameter(SimCluster.PERIOD, Integer.toString(period));
        if (kind == 1) {
            job.every(Duration.ofMillis(period)).placement(Placement.BROADCAST);
            if (more.nextBoolean()) {
                policies(job, more, more);
            }
            return job.build();
        }
        if (kind < 6) {
            job.every(Duration.ofMillis(period));
        } else {
            job.cron((period == 1_000 ? "*" : "0/" + period / 1_000) + " * * * * ?");
        }
        places(job, name, random);
        policies(job, random, more);
        if (more.nextInt(6) == 0) {
            job.rejoinGrace(Duration.ofMillis(more.nextLong(5_000, 25_000)));
        }
        return job.build();
    }

    private static void policies(Job job, SplittableRandom random, SplittableRandom more) {
        OverlapPolicy[] overlaps = OverlapPolicy.values();
        job.overlap(random.nextInt(2) == 0 ? OverlapPolicy.SKIP : overlaps[random.nextInt(overlaps.length)]);
        MisfirePolicy[] misfires = MisfirePolicy.values();
        Duration window = more.nextBoolean() ? Duration.ofMinutes(10) : Duration.ofMillis(more.nextLong(4_000, 20_000));
        int limit = more.nextBoolean() ? 100 : 1 + more.nextInt(5);
        job.misfire(new Misfire(misfires[random.nextInt(misfires.length)], Duration.ofSeconds(1), window, limit));
        if (random.nextInt(3) == 0) {
            job.recovery(Recovery.SKIP);
        }
        if (random.nextInt(3) == 0) {
            job.retry(new Retry(3, Duration.ofMillis(200), 2.0, Duration.ofSeconds(2), 0.2, List.of()));
        }
        if (random.nextInt(2) == 0) {
            Duration attempt = Duration.ofMillis(random.nextLong(500, 8_000));
            Duration grace = Duration.ofMillis(500);
            job.timeouts(new Timeouts(attempt, null, null, null, TimeoutAction.CANCEL, grace));
        }
    }

    /** Rules about where shards may lie that the agents of every scenario can keep. */
    private static void places(Job job, String name, SplittableRandom random) {
        switch (random.nextInt(8)) {
            case 0 -> job.spread("agent");
            // Two jobs of a group at most: of more, each of which takes several agents, some never find one.
            case 1 -> job.exclusive(name.compareTo("job2") < 0 ? "first" : "second");
            case 2 -> job.weight(0.5 + random.nextInt(4));
            default -> {}
        }
    }

    private static Duration between(SplittableRandom random, int fromMillis, int toMillis) {
        return Duration.ofMillis(random.nextLong(fromMillis, toMillis));
    }

    private static Fault fault(int agents, List<JobDefinition> jobs, SplittableRandom random, SplittableRandom more) {
        String agent = "a" + random.nextInt(agents);
        return switch (random.nextInt(26)) {
            case 21 -> new Fault.RestartEnsemble(between(random, 100, 12_000));
            case 22 -> slow(agent, random);
            case 23, 24, 25 -> strike(random);
            case 0, 1 -> new Fault.Kill(agent, between(random, 100, 15_000));
            case 2 -> new Fault.KillMaster(between(random, 100, 15_000));
            case 3 -> new Fault.Pause(agent, between(random, 100, 4_000));
            case 4 -> new Fault.Pause(agent, between(random, 4_000, 20_000));
            case 5 -> new Fault.PauseMaster(between(random, 500, 15_000));
            case 6 -> new Fault.Freeze(agent, between(random, 100, 15_000));
            case 7, 8 -> new Fault.Cut(agent, Fault.Way.values()[random.nextInt(3)], between(random, 100, 15_000));
            case 9 -> new Fault.Lose(random.nextDouble() * 0.1, random.nextDouble() * 0.1, between(random, 500, 8_000));
            case 10, 11, 12 -> new Fault.LoseAt(random.nextInt(1 << 20), random.nextBoolean());
            case 13 -> new Fault.Join("a" + (agents + random.nextInt(2)));
            case 14 -> new Fault.Leave(agent, between(random, 500, 10_000), between(random, 12_000, 20_000));
            case 15 -> redefined(jobs.get(random.nextInt(jobs.size())), random, more);
            case 16 ->
                new Fault.Order(
                        Command.Kind.values()[random.nextInt(Command.Kind.values().length - 3)],
                        jobs.get(random.nextInt(jobs.size())).name());
            case 17 ->
                random.nextInt(3) == 0
                        ? new Fault.PauseServer(random.nextInt(3), between(random, 500, 12_000))
                        : new Fault.KillServer(random.nextInt(3), between(random, 500, 12_000));
            case 18 -> new Fault.Step(agent, between(random, -4_000, 4_000), between(random, 1_000, 15_000));
            case 19 -> new Fault.Drain(agent, between(random, 500, 20_000));
            default ->
                random.nextBoolean()
                        ? new Fault.Expire(agent)
                        : new Fault.Drift(
                                agent,
                                random.nextLong(-20_000, 20_000),
                                random.nextLong(-10_000, 10_000),
                                between(random, 1_000, 20_000));
        };
    }

    /** What only one seed in four meets, and once. */
    private static Fault rare(int agents, List<JobDefinition> jobs, SplittableRandom random) {
        String agent = "a" + random.nextInt(agents);
        JobDefinition job = jobs.get(random.nextInt(jobs.size()));
        return switch (random.nextInt(5)) {
            case 0, 1 ->
                new Fault.Contend(
                        another(job, random, random),
                        another(job, random, random),
                        random.ints(1 + random.nextInt(4), 0, MEANWHILE.size())
                                .mapToObj(MEANWHILE::get)
                                .toList());
            case 2, 3 -> new Fault.Restart(agent, between(random, 500, 10_000), between(random, 1_000, 20_000));
            default -> {
                Duration far = FAR.get(random.nextInt(FAR.size()));
                Duration by = random.nextBoolean() ? far : far.negated();
                yield new Fault.StepFar(agent, by, between(random, 300, 15_000));
            }
        };
    }

    private static Fault slow(String agent, SplittableRandom random) {
        return switch (random.nextInt(5)) {
            case 4 -> new Fault.Lag(random.nextInt(3), between(random, 50, 1_500), between(random, 1_000, 10_000));
            case 0 -> new Fault.SlowDisks(between(random, 50, 1_500), between(random, 1_000, 10_000));
            case 1 -> new Fault.RepeatHints(0.1 + 0.4 * random.nextDouble(), between(random, 1_000, 10_000));
            default ->
                new Fault.SlowLink(
                        random.nextInt(3) == 0 ? "s" + random.nextInt(3) : agent,
                        between(random, 50, 3_000),
                        between(random, 1_000, 10_000));
        };
    }

    private static Fault strike(SplittableRandom random) {
        Fault.Blow[] blows = Fault.Blow.values();
        return new Fault.Strike(
                random.nextInt(1 << 20),
                random.nextBoolean() ? Faults.Moment.SENDING : Faults.Moment.COMMITTED,
                blows[random.nextInt(blows.length)],
                between(random, 100, 15_000));
    }

    private static Fault redefined(JobDefinition job, SplittableRandom random, SplittableRandom more) {
        return new Fault.Apply(another(job, random, more));
    }

    /** Another definition of a job of the same placement: its due set, its policies or its layout change. */
    private static JobDefinition another(JobDefinition job, SplittableRandom random, SplittableRandom more) {
        while (true) {
            JobDefinition drawn = job(job.name(), random, more);
            if ((drawn.placement() == Placement.BROADCAST) == (job.placement() == Placement.BROADCAST)) {
                return drawn;
            }
        }
    }

    /** Runs it. What violates an invariant is thrown; the cluster can be looked at afterwards. */
    public SimCluster run(ClusterOptions options) {
        SimCluster cluster = new SimCluster(seed, options);
        run(cluster);
        return cluster;
    }

    /** Runs it in a cluster that has nothing yet. */
    public void run(SimCluster cluster) {
        cluster.behave(Behaviour.MIXED);
        for (int i = 0; i < agents; i++) {
            cluster.start("a" + i);
        }
        cluster.operator().apply(jobs);
        for (Timed timed : faults) {
            cluster.scheduler().at(timed.at().toNanos(), "fault", () -> {
                cluster.story().add("FAULT  " + timed.fault());
                cluster.coverage().before(timed.fault(), cluster);
                timed.fault().inflict(cluster);
            });
        }
        cluster.run(PEACE.plus(TROUBLE));
        heal(cluster);
        jobs.stream()
                .filter(job -> job.placement() == Placement.QUEUED)
                .forEach(job -> cluster.operator().command(Command.Kind.RESUME, job.name()));
        cluster.run(QUIET.minus(STILL));
        long versions = cluster.tableVersions();
        cluster.run(STILL);
        if (cluster.tableVersions() != versions) {
            throw new InvariantViolation(
                    "stable",
                    "the table of a cluster at rest was written " + (cluster.tableVersions() - versions) + " times in "
                            + STILL);
        }
        cluster.checkLiveness(cluster.now().minus(GRACE));
    }

    /** Ends every fault that is still on; agents that were killed come back. */
    private static void heal(SimCluster cluster) {
        cluster.story().add("everything heals");
        cluster.behave(Behaviour.PROMPT);
        cluster.quietens(SETTLING);
        cluster.ensemble().faults().stop();
        cluster.ensemble().healAll();
        for (int i = 0; i < cluster.options().ensemble().servers(); i++) {
            cluster.ensemble().resumeServer(i);
        }
        cluster.ensemble().startAll();
        for (SimAgent agent : List.copyOf(cluster.agents())) {
            agent.setClockRight();
            agent.resume();
            agent.process().clock().driftWall(0);
            agent.process().clock().driftMonotonic(0);
            if (!agent.alive()) {
                cluster.start(agent.id());
            }
            cluster.operator().command(Command.Kind.UNDRAIN, agent.id());
        }
        for (SimSubmitter submitter : cluster.submitters()) {
            submitter.process().resume();
            submitter.start();
        }
    }

    /** The scenario for people, one line each. */
    public String describe() {
        return "seed " + seed + ": " + agents + " agents\n"
                + jobs.stream()
                        .map(job -> "  job " + job.name() + " shards="
                                + job.shards().count() + " "
                                + job.placement() + " " + job.overlap() + " "
                                + job.misfire().policy() + " recovery="
                                + job.recovery() + " retry=" + job.retry().attempts() + " attempt="
                                + job.timeouts().attempt() + " " + job.parameters())
                        .collect(Collectors.joining("\n"))
                + "\n"
                + faults.stream().map(timed -> "  " + timed).collect(Collectors.joining("\n"));
    }
}
