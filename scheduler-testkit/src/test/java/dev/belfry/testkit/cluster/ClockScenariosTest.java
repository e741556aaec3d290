package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.ownership.HeartbeatRecord;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Wall clocks that are wrong: those of an agent, and those of the ensemble. */
@ExtendWith(QuietLogs.class)
class ClockScenariosTest {
    private static boolean owns(SimCluster cluster, String agent) {
        return owners(cluster).values().stream()
                .anyMatch(owner -> owner.agentId().equals(agent));
    }

    @Test
    void clockAnHourAheadStartsNothingEarlyAndLeavesNoHourOfSilence() {
        SimCluster cluster = cluster(71, every("work", 1_000, 6));
        Incarnation owner = owner(cluster);
        // Safety sees every start that comes more than a second early.
        new Fault.Step(owner.agentId(), Duration.ofHours(1), Duration.ofSeconds(20)).inflict(cluster);
        assertThat(cluster.runUntil(Duration.ofSeconds(12), () -> !owns(cluster, owner.agentId())))
                .as("it has handed over what it owned")
                .isTrue();
        cluster.run(Duration.ofSeconds(20));
        heals(cluster, Duration.ofSeconds(20));
        assertThat(owns(cluster, owner.agentId())).as("it owns again").isTrue();
    }

    @Test
    void clockSetBackADayRepeatsNothingAndStopsNobodyElse() {
        SimCluster cluster = cluster(72, every("work", 1_000, 6));
        Incarnation owner = owner(cluster);
        new Fault.Step(owner.agentId(), Duration.ofDays(-1), Duration.ofSeconds(20)).inflict(cluster);
        assertThat(cluster.runUntil(Duration.ofSeconds(12), () -> !owns(cluster, owner.agentId())))
                .as("it has handed over what it owned")
                .isTrue();
        int before = cluster.evidence().all().size();
        cluster.run(Duration.ofSeconds(5));
        assertThat(cluster.evidence().all().size() - before)
                .as("fires of 6 shards in 5 s")
                .isBetween(24, 36);
        cluster.run(Duration.ofSeconds(12));
        heals(cluster, Duration.ofSeconds(20));
        Map<String, Integer> runs = new HashMap<>();
        cluster.evidence()
                .all()
                .forEach(execution -> runs.merge(execution.shard() + " " + execution.fire(), 1, Integer::sum));
        assertThat(runs)
                .isNotEmpty()
                .allSatisfy((fire, count) -> assertThat(count).isEqualTo(1));
    }

    @Test
    void masterWhoseClockIsDaysAheadForgetsNoCommandEarly() {
        SimCluster cluster = cluster(73, every("work", 1_000, 3));
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.run(Duration.ofSeconds(5));
        List<String> consumed = cluster.ensemble().peekChildren(Paths.COMMANDS);
        assertThat(consumed).isNotEmpty();
        String master = cluster.master().orElseThrow().id();
        new Fault.Step(master, Duration.ofDays(2), Duration.ofSeconds(20)).inflict(cluster);
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.run(Duration.ofSeconds(5));
        assertThat(cluster.ensemble().peekChildren(Paths.COMMANDS))
                .containsAll(consumed)
                .hasSizeGreaterThan(consumed.size());
    }

    @Test
    void ensembleWhoseClocksAreWrongIsSuspectedByAllAndStopsNobody() {
        SimCluster cluster = cluster(73, every("work", 1_000, 6));
        for (int server = 0; server < 3; server++) {
            cluster.ensemble().clock(server).step(Duration.ofSeconds(-20));
        }
        Map<?, ?> before = owners(cluster);
        cluster.run(Duration.ofSeconds(15));
        assertThat(owners(cluster)).as("nobody drains for it").isEqualTo(before);
        int runs = cluster.evidence().all().size();
        cluster.run(Duration.ofSeconds(3));
        assertThat(cluster.evidence().all().size() - runs).isBetween(12, 24);
    }

    @Test
    void agentWhoseClockIsAheadSuspectsNobodyElsesWhenItsSessionEndsWhileItAsks() {
        for (int i = 0; i < 60; i++) {
            SimCluster cluster = cluster(78, every("work", 1_000, 6));
            String agent = owner(cluster).agentId();
            // Safety sees every start that comes more than a second early.
            new Fault.Step(agent, Duration.ofHours(1), Duration.ofSeconds(8)).inflict(cluster);
            int asked = (int) cluster.ensemble().faults().count("clock-agents").sent();
            assertThat(cluster.runUntil(
                            Duration.ofSeconds(5),
                            () -> cluster.ensemble()
                                            .faults()
                                            .count("clock-agents")
                                            .sent()
                                    > asked))
                    .isTrue();
            cluster.run(Duration.ofMillis(1_190 + 3 * i));
            new Fault.Expire(agent).inflict(cluster);
            cluster.run(Duration.ofSeconds(8));
            heals(cluster, Duration.ofSeconds(20));
        }
    }

    @Test
    void masterThatTookOfficeWithAWrongClockGoesByTheRightOneOnceItIsSet() {
        SimCluster cluster = cluster(79, every("work", 1_000, 6));
        List.of("a3", "a4", "a5").forEach(cluster::start);
        cluster.run(Duration.ofSeconds(1));
        String master = cluster.master().orElseThrow().id();
        String next = cluster.agents().stream()
                .map(SimAgent::id)
                .filter(id -> !id.equals(master))
                .findFirst()
                .orElseThrow();
        new Fault.Step(next, Duration.ofHours(24), Duration.ofSeconds(60)).inflict(cluster);
        for (int i = 0; i < 4 && !holdsOffice(cluster, next); i++) {
            new Fault.KillMaster(Duration.ofSeconds(60)).inflict(cluster);
            cluster.runUntil(Duration.ofSeconds(12), () -> cluster.master().isPresent());
        }
        assertThat(holdsOffice(cluster, next))
                .as("it takes office while its clock is a day ahead")
                .isTrue();
        cluster.run(Duration.ofSeconds(70));
        cluster.operator().apply(every("work", 1_000, 7).build());
        heals(cluster, Duration.ofSeconds(30));
        assertThat(cluster.rows().keySet().stream().filter(shard -> shard.layout() == 2))
                .hasSize(7);
    }

    @Test
    void masterWhoseClockIsSetRightWhileItMeasuresItMeasuresAnew() {
        for (int millis = 5_500; millis < 10_000; millis += 300) {
            SimCluster cluster = cluster(80, every("work", 1_000, 2));
            String master = cluster.master().orElseThrow().id();
            List.of("a3", "a4").forEach(cluster::start);
            cluster.run(Duration.ofSeconds(1));
            new Fault.Step(master, Duration.ofHours(24), Duration.ofMillis(millis)).inflict(cluster);
            new Fault.SlowLink(master, Duration.ofMillis(600), Duration.ofSeconds(14)).inflict(cluster);
            cluster.run(Duration.ofSeconds(16));
            cluster.operator().apply(every("work", 1_000, 3).build());
            heals(cluster, Duration.ofSeconds(30));
            assertThat(cluster.rows().keySet().stream().filter(shard -> shard.layout() == 2))
                    .as("set right after %s ms", millis)
                    .hasSize(3);
        }
    }

    private static boolean holdsOffice(SimCluster cluster, String agent) {
        return cluster.master().filter(master -> master.id().equals(agent)).isPresent();
    }

    /** Executions of each fire of each shard. */
    private static Map<String, Integer> runs(SimCluster cluster) {
        Map<String, Integer> runs = new HashMap<>();
        cluster.evidence()
                .all()
                .forEach(execution -> runs.merge(execution.shard() + " " + execution.fire(), 1, Integer::sum));
        return runs;
    }

    @Test
    void agentThatFreezesForHoursAndWakesRunsNothingOfThatTime() {
        SimCluster cluster = cluster(74, every("work", 10_000, 6));
        Incarnation owner = owner(cluster);
        new Fault.Pause(owner.agentId(), Duration.ofHours(3)).inflict(cluster);
        cluster.run(Duration.ofMinutes(170));
        assertThat(runs(cluster)).as("the others have run what was due").hasSizeGreaterThan(6 * 6 * 170 - 12);
        assertThat(owns(cluster, owner.agentId())).isFalse();
        cluster.run(Duration.ofMinutes(10).minusSeconds(1));
        int before = cluster.evidence().all().size();
        cluster.run(Duration.ofSeconds(61));
        assertThat(cluster.evidence().all().size() - before)
                .as("fires of 6 shards in 61 s, around the awakening")
                .isBetween(30, 42);
        heals(cluster, Duration.ofSeconds(20));
        assertThat(owns(cluster, owner.agentId())).as("it owns again").isTrue();
        assertThat(runs(cluster)).allSatisfy((fire, count) -> assertThat(count).isEqualTo(1));
    }

    @Test
    void laptopThatSleepsWithEverythingOnItRunsTheLatestFireOfEachShardWhenItWakes() {
        SimCluster cluster = cluster(75, every("work", 10_000, 6));
        Duration night = Duration.ofHours(8);
        for (SimAgent agent : cluster.agents()) {
            new Fault.Freeze(agent.id(), night).inflict(cluster);
        }
        for (int server = 0; server < cluster.options().ensemble().servers(); server++) {
            new Fault.PauseServer(server, night).inflict(cluster);
        }
        Instant asleep = cluster.now();
        int before = cluster.evidence().all().size();
        cluster.run(night);
        assertThat(cluster.evidence().all()).as("nothing runs in its sleep").hasSize(before);
        cluster.run(Duration.ofSeconds(40));
        int after = cluster.evidence().all().size() - before;
        // One late fire of each shard for the whole night, and those of 40 s; the attempts of before may be begun
        // again.
        assertThat(after).as("no burst, no silence").isBetween(6 * 3, 6 * 7);
        assertThat(cluster.evidence().all().stream()
                        .filter(execution -> execution.fire().due().isAfter(asleep))
                        .filter(execution -> execution
                                .fire()
                                .due()
                                .isBefore(asleep.plus(night).minusSeconds(60))))
                .as("fires of the night itself")
                .hasSizeLessThanOrEqualTo(6);
        heals(cluster, Duration.ofSeconds(40));
    }

    @Test
    void clockThatStaysADayBehindLeavesItsAgentIdleAndTheOthersAtWork() {
        SimCluster cluster = cluster(76, every("work", 10_000, 6));
        Incarnation owner = owner(cluster);
        new Fault.Step(owner.agentId(), Duration.ofDays(-1), Duration.ofHours(2)).inflict(cluster);
        cluster.run(Duration.ofMinutes(119));
        assertThat(owns(cluster, owner.agentId())).isFalse();
        assertThat(runs(cluster)).as("the others have run what was due").hasSizeGreaterThan(6 * 6 * 119 - 12);
        int before = cluster.evidence().all().size();
        cluster.run(Duration.ofSeconds(121));
        assertThat(cluster.evidence().all().size() - before)
                .as("fires of 6 shards in 121 s, around the moment at which it is set right")
                .isBetween(66, 78);
        heals(cluster, Duration.ofSeconds(20));
        assertThat(owns(cluster, owner.agentId())).as("it owns again").isTrue();
        assertThat(runs(cluster)).allSatisfy((fire, count) -> assertThat(count).isEqualTo(1));
    }

    @Test
    void nobodyDrainsWhoeverIsTheFirstToNoticeThatTheEnsembleWasSetBack() {
        for (long seed = 1; seed <= 20; seed++) {
            SimCluster cluster = cluster(seed, every("work", 1_000, 6));
            Map<?, ?> before = owners(cluster);
            cluster.run(Duration.ofMillis(100 * seed));
            for (int server = 0; server < 3; server++) {
                cluster.ensemble().clock(server).step(Duration.ofHours(seed % 2 == 0 ? -1 : 1));
            }
            cluster.run(Duration.ofSeconds(12));
            assertThat(owners(cluster)).as("seed " + seed).isEqualTo(before);
        }
    }

    @Test
    void jobIsDeletedALeaseAfterTheWriteThoughTheClockOfTheMasterIsSlow() {
        SimCluster cluster = cluster(74, every("work", 1_000, 6));
        new Fault.Step(cluster.master().orElseThrow().id(), Duration.ofSeconds(-4), Duration.ofSeconds(60))
                .inflict(cluster);
        cluster.operator().command(Command.Kind.DELETE, "work");
        String path = Paths.job("work");
        AtomicReference<Znode> written = new AtomicReference<>();
        assertThat(cluster.runUntil(Duration.ofSeconds(10), () -> {
                    Znode znode = cluster.ensemble().peek(path).orElseThrow();
                    written.set(znode);
                    return JobRecordCodec.decode(path, znode.data(), znode.modified())
                            .deleted();
                }))
                .isTrue();
        Znode znode = written.get();
        Instant end = JobRecordCodec.decode(path, znode.data(), znode.modified())
                .deletedAt()
                .orElseThrow();
        assertThat(Duration.between(znode.modified(), end))
                .as("a lease of 4 s, and a second")
                .isEqualTo(Duration.ofSeconds(5));
        heals(cluster, Duration.ofSeconds(70));
    }

    /** Sets the clocks of all agents and servers. */
    private static void stepAll(SimCluster cluster, Duration by) {
        cluster.agents().forEach(agent -> agent.process().clock().step(by));
        for (int server = 0; server < cluster.options().ensemble().servers(); server++) {
            cluster.ensemble().clock(server).step(by);
        }
    }

    private static long scheduled(SimCluster cluster) {
        return cluster.evidence().all().stream()
                .filter(execution -> execution.fire().isScheduled())
                .count();
    }

    @Test
    void allClocksSetBackADayAreNamedAndNoFireIsRunTwiceAndNothingBurstsWhenTheyAreSetRight() {
        try (HeardLogs heard = new HeardLogs("dev.belfry.agent.loop.WallClock", "dev.belfry.master.AheadLog")) {
            SimCluster cluster = cluster(77, every("work", 10_000, 6));
            cluster.run(Duration.ofMinutes(5));
            assertThat(heard.lines()).isEmpty();
            Instant before = cluster.now();
            stepAll(cluster, Duration.ofDays(-1));
            cluster.run(Duration.ofSeconds(5));
            long silent = scheduled(cluster);
            cluster.run(Duration.ofMinutes(5));
            assertThat(scheduled(cluster))
                    .as("by the only clocks there are these instants have been")
                    .isEqualTo(silent);
            assertThat(heard.lines())
                    .filteredOn(line -> line.startsWith("ERROR wall clock was set back by 1d: agent="))
                    .as("each agent names the step, once")
                    .hasSize(3);
            assertThat(heard.lines())
                    .filteredOn(line -> line.startsWith("ERROR ledgers are ahead of the clock: agent="))
                    .as("each owner says what that means, once")
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line)
                            .contains("No fire is run twice", "the first fires again at 2026-01-01T00:0"));
            assertThat(heard.lines())
                    .filteredOn(line ->
                            line.startsWith("ERROR ledgers are ahead of the clock: 1 of 1 jobs, job 'work' by "))
                    .as("and the master, once")
                    .hasSize(1);
            for (SimAgent agent : cluster.agents()) {
                assertThat(agent.agent().clockSteps()).isEqualTo(1);
                assertThat(agent.agent().silentUntil().orElseThrow())
                        .isBetween(before.minusSeconds(20), before.plusSeconds(5));
                assertThat(heartbeat(cluster, agent).silentUntil())
                        .isEqualTo(agent.agent().silentUntil());
            }
            cluster.operator().command(Command.Kind.TRIGGER, "work");
            cluster.run(Duration.ofSeconds(10));
            assertThat(cluster.evidence().all().size() - scheduled(cluster))
                    .as("what is asked for runs")
                    .isEqualTo(6);

            stepAll(cluster, Duration.ofDays(1));
            cluster.run(Duration.ofSeconds(31));
            assertThat(scheduled(cluster) - silent)
                    .as("one late fire of each shard for the silence, and those of 31 s")
                    .isBetween(6L * 3, 6L * 5);
            assertThat(cluster.agents()).allSatisfy(agent -> {
                assertThat(agent.agent().silentUntil()).isEmpty();
                assertThat(agent.agent().clockSteps()).isEqualTo(2);
                assertThat(heartbeat(cluster, agent).silentUntil()).isEmpty();
            });
            heals(cluster, Duration.ofSeconds(40));
            assertThat(heard.lines())
                    .anyMatch(line -> line.startsWith("INFO the clock has come to where the ledgers are: every job"));
            assertThat(runs(cluster))
                    .allSatisfy((fire, count) -> assertThat(count).isEqualTo(1));
        }
    }

    @Test
    void allClocksSetForwardADayLeaveTheDayToTheMisfirePoliciesAndSaySo() {
        try (HeardLogs heard = new HeardLogs("dev.belfry.agent.loop.WallClock", "dev.belfry.master.AheadLog")) {
            SimCluster cluster = new SimCluster(78, ClusterOptions.DEFAULT);
            List.of("a0", "a1", "a2").forEach(cluster::start);
            stepAll(cluster, Duration.ofDays(-1));
            cluster.operator().apply(every("work", 10_000, 6).build());
            cluster.run(Duration.ofMinutes(2));
            long before = scheduled(cluster);
            assertThat(before).isGreaterThan(6 * 8);
            stepAll(cluster, Duration.ofDays(1));
            cluster.run(Duration.ofSeconds(31));
            assertThat(scheduled(cluster) - before)
                    .as("one late fire of each shard for the day, and those of 31 s")
                    .isBetween(6L * 3, 6L * 5);
            assertThat(heard.lines())
                    .filteredOn(line -> line.startsWith("WARN wall clock was set forward by 1d,"))
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line).contains("settled by the misfire policies"));
            heals(cluster, Duration.ofSeconds(40));
            assertThat(cluster.agents())
                    .allSatisfy(agent -> assertThat(agent.agent().silentUntil()).isEmpty());
            assertThat(runs(cluster))
                    .allSatisfy((fire, count) -> assertThat(count).isEqualTo(1));
        }
    }

    @Test
    void agentWhoseClockAloneIsBackDoesNotSayThatTheLedgersAreAhead() {
        try (HeardLogs heard = new HeardLogs("dev.belfry.agent.loop.WallClock", "dev.belfry.master.AheadLog")) {
            SimCluster cluster = cluster(79, every("work", 1_000, 6));
            for (SimAgent agent : List.of(
                    cluster.agent(owner(cluster).agentId()).orElseThrow(),
                    cluster.master().orElseThrow())) {
                new Fault.Step(agent.id(), Duration.ofDays(-1), Duration.ofSeconds(25)).inflict(cluster);
                cluster.run(Duration.ofSeconds(45));
                assertThat(agent.agent().clockSteps()).isEqualTo(2);
            }
            assertThat(heard.lines()).isNotEmpty().noneMatch(line -> line.contains("ledgers are ahead"));
            heals(cluster, Duration.ofSeconds(20));
        }
    }

    private static HeartbeatRecord heartbeat(SimCluster cluster, SimAgent agent) {
        String path = Paths.heartbeat(agent.agent().incarnation().orElseThrow());
        return HeartbeatRecord.decode(
                path, cluster.ensemble().peek(path).orElseThrow().data());
    }

    @Test
    void fireThatIsOwedIsNotTooOldToRunBecauseTheClockOfItsOwnerIsAhead() {
        Misfire all = new Misfire(MisfirePolicy.FIRE_ALL, Duration.ofSeconds(1), Duration.ofMinutes(10), 100);
        SimCluster cluster = cluster(80, every("work", 1_000, 6).misfire(all));
        String owner = owner(cluster).agentId();
        // Longer than its lease, and shorter than its session.
        new Fault.Pause(owner, Duration.ofMillis(4_500)).inflict(cluster);
        cluster.run(Duration.ofSeconds(4));
        new Fault.Step(owner, Duration.ofHours(1), Duration.ofSeconds(8)).inflict(cluster);
        cluster.run(Duration.ofSeconds(10));
        heals(cluster, Duration.ofSeconds(20));
        String uid = cluster.evidence().all().get(0).shard().jobUid();
        for (int shard = 0; shard < 6; shard++) {
            assertThat(cluster.safety().journal().finals(new ShardId(uid, 1, Integer.toString(shard))))
                    .isNotEmpty()
                    .noneMatch(line -> line.outcome() == Outcome.MISSED);
        }
    }
}
