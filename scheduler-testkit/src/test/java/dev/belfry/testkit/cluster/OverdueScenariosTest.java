package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.everywhere;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.RaisedRecord;
import dev.belfry.core.overdue.Telling;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.RunRequest;
import dev.belfry.store.Znode;
import dev.belfry.testkit.store.SimOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Fires without an outcome: an event of each, once, whoever is master; and none where nothing is overdue. */
@ExtendWith(QuietLogs.class)
class OverdueScenariosTest {
    private static final int PERIOD = 60_000;
    private static final Duration TOLERANCE = Duration.ofSeconds(3);

    /** Sessions of 60 s, so leases of 40 s: long enough to stand still in. */
    private static SimCluster cluster(long seed, Job job) {
        SimOptions ensemble = SimOptions.DEFAULT.withTick(Duration.ofSeconds(3));
        SimCluster cluster = new SimCluster(
                seed, ClusterOptions.DEFAULT.withEnsemble(ensemble).withSessionTimeout(Duration.ofSeconds(60)));
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.operator().apply(job.build());
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(30),
                        () -> cluster.master().isPresent()
                                && cluster.operator().idle()
                                && (cluster.rows().size()
                                                == job.build().shards().count()
                                        || job.build().handler().equals("nobody-has-it")
                                        || job.build().placement().name().equals("BROADCAST"))))
                .isTrue();
        return cluster;
    }

    private static Job work() {
        return every("work", PERIOD, 3).tolerance(TOLERANCE);
    }

    /** Shortly before the next fire. */
    private static Instant beforeNextFire(SimCluster cluster) {
        long now = cluster.now().toEpochMilli();
        long next = (Math.floorDiv(now + 2_000, PERIOD) + 1) * PERIOD;
        cluster.run(Duration.ofMillis(next - 1_000 - now));
        return Instant.ofEpochMilli(next);
    }

    private static SimAgent standing(SimCluster cluster) {
        return cluster.agent(owner(cluster).agentId()).orElseThrow();
    }

    @Test
    void ownerThatStandsStillWithinItsLeaseRaisesOneEventOfItsFire() {
        SimCluster cluster = cluster(1, work());
        cluster.run(Duration.ofSeconds(60));
        Instant fire = beforeNextFire(cluster);
        SimAgent still = standing(cluster);
        still.pause();
        cluster.run(Duration.ofSeconds(30));
        String incarnation = still.agent().incarnation().orElseThrow();
        still.resume();
        cluster.run(Duration.ofSeconds(30));
        assertThat(still.agent().incarnation()).as("it was within its lease").contains(incarnation);
        assertThat(cluster.overdue()).hasSize(1);
        OverdueEvent event = cluster.overdue().get(0);
        assertThat(event.first()).isEqualTo(fire).isEqualTo(event.last());
        assertThat(event.fires()).isEqualTo(1);
        assertThat(event.job()).isEqualTo("work");
        assertThat(event.shards()).hasSize(1);
        assertThat(event.tolerance()).isEqualTo(TOLERANCE);
        assertThat(Duration.between(fire.plus(TOLERANCE), event.at())).isBetween(Duration.ZERO, Duration.ofSeconds(12));
        assertThat(String.join(" ", event.explanation()))
                .contains(
                        "It was due at " + fire + ".",
                        "Shard " + event.shards().get(0) + " has not begun it.",
                        "belongs to " + still.id() + " since generation",
                        "Its owner was last heard of at",
                        "until then the shard waits for it.",
                        "Its ledger, last written by " + still.id());
        heals(cluster, Duration.ofSeconds(90));
        assertThat(cluster.overdue()).hasSize(1);
    }

    @Test
    void pausedJobRaisesNone() {
        SimCluster cluster = cluster(2, work());
        cluster.run(Duration.ofSeconds(60));
        cluster.operator().command(Command.Kind.PAUSE, "work");
        cluster.run(Duration.ofSeconds(60));
        beforeNextFire(cluster);
        SimAgent still = standing(cluster);
        still.pause();
        cluster.run(Duration.ofSeconds(30));
        still.resume();
        cluster.run(Duration.ofSeconds(30));
        assertThat(cluster.overdue()).isEmpty();
        heals(cluster, Duration.ofSeconds(90));
    }

    @Test
    void newMasterRaisesNoSecondEventOfAFire() {
        SimCluster cluster = cluster(2, work());
        Instant fire = beforeNextFire(cluster);
        SimAgent still = standing(cluster);
        still.pause();
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(20), () -> cluster.overdue().size() == 1))
                .isTrue();
        long term = cluster.term();
        SimAgent master = cluster.master().orElseThrow();
        new Fault.Expire(master.id()).inflict(cluster);
        cluster.run(Duration.ofSeconds(18));
        assertThat(cluster.term()).isGreaterThan(term);
        still.resume();
        heals(cluster, Duration.ofSeconds(90));
        assertThat(cluster.overdue()).extracting(OverdueEvent::first).containsOnlyOnce(fire);
    }

    @Test
    void eventWhoseRecordWasWrittenAndNotAnsweredIsRaisedAllTheSameAndOnce() {
        SimCluster cluster = cluster(4, work());
        Instant fire = beforeNextFire(cluster);
        SimAgent still = standing(cluster);
        SimAgent master = cluster.master().orElseThrow();
        still.pause();
        cluster.ensemble().faults().loseReply("overdue-raise");
        cluster.run(Duration.ofSeconds(30));
        still.resume();
        heals(cluster, Duration.ofSeconds(90));
        assertThat(cluster.overdue()).extracting(OverdueEvent::first).containsOnlyOnce(fire);
        assertThat(master.alive()).isTrue();
    }

    @Test
    void outageOfManyFiresIsToldOfOnceWhenItBeginsAndOnceWhenItIsOver() {
        SimCluster cluster = cluster(6, every("work", 1_000, 3).tolerance(TOLERANCE));
        cluster.agents().forEach(SimAgent::pause);
        cluster.run(Duration.ofSeconds(90));
        cluster.agents().forEach(SimAgent::resume);
        assertThat(cluster.runUntil(Duration.ofMinutes(2), () -> !cluster.told().isEmpty()))
                .isTrue();
        cluster.run(Duration.ofMinutes(8));
        assertThat(cluster.told()).extracting(OverdueEvent::telling).containsExactly(Telling.BEGIN, Telling.END);
        OverdueEvent end = cluster.told().get(1);
        assertThat(end.causeFires())
                .as("all that were overdue")
                .isEqualTo(cluster.overdue().stream()
                        .mapToLong(OverdueEvent::fires)
                        .sum());
        assertThat(end.title()).contains(" are settled; nothing is overdue any more");
        assertThat(raised(cluster).causes()).isEmpty();
    }

    @Test
    void whoeverWasToldIsRemindedLessAndLessOftenAndANewMasterGoesOnWithThat() {
        SimCluster cluster =
                cluster(7, every("work", 10_000, 2).tolerance(TOLERANCE).handler("nobody-has-it"));
        cluster.run(Duration.ofMinutes(15));
        assertThat(cluster.told()).extracting(OverdueEvent::telling).containsExactly(Telling.BEGIN, Telling.REMINDER);
        new Fault.Expire(cluster.master().orElseThrow().id()).inflict(cluster);
        cluster.run(Duration.ofMinutes(60));
        assertThat(cluster.told())
                .extracting(OverdueEvent::telling)
                .containsExactly(Telling.BEGIN, Telling.REMINDER, Telling.REMINDER, Telling.REMINDER);
        assertThat(cluster.overdue().stream().mapToLong(OverdueEvent::fires).sum())
                .as("each fire is in one event, told or not")
                .isBetween(440L, 455L)
                .isEqualTo(cluster.told().get(3).causeFires()
                        + cluster.overdue().stream()
                                .filter(event ->
                                        event.at().isAfter(cluster.told().get(3).at()))
                                .mapToLong(OverdueEvent::fires)
                                .sum());
        cluster.operator().command(Command.Kind.DELETE, "work");
        cluster.run(Duration.ofMinutes(10));
    }

    @Test
    void anotherReasonIsAnotherBegin() {
        SimCluster cluster = cluster(8, work());
        beforeNextFire(cluster);
        SimAgent still = standing(cluster);
        still.pause();
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(30), () -> !cluster.told().isEmpty()))
                .isTrue();
        cluster.agents().forEach(SimAgent::kill);
        cluster.run(Duration.ofSeconds(80));
        cluster.start("a9", Duration.ofSeconds(60));
        cluster.run(Duration.ofMinutes(10));
        assertThat(cluster.told())
                .extracting(OverdueEvent::telling)
                .startsWith(Telling.BEGIN)
                .endsWith(Telling.END);
        assertThat(cluster.told().stream().filter(event -> event.telling() == Telling.BEGIN))
                .hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void whatWasRaisedIsForgottenOnceItIsSettled() {
        SimCluster cluster = cluster(5, work());
        beforeNextFire(cluster);
        SimAgent still = standing(cluster);
        still.pause();
        cluster.run(Duration.ofSeconds(25));
        assertThat(raised(cluster).layouts()).hasSize(1);
        still.resume();
        cluster.run(Duration.ofSeconds(60 + 45));
        assertThat(raised(cluster).layouts()).isEmpty();
    }

    private static RaisedRecord raised(SimCluster cluster) {
        String path = Paths.job("work");
        Znode job = cluster.ensemble().peek(path).orElseThrow();
        return raised(
                cluster, JobRecordCodec.decode(path, job.data(), job.modified()).uid());
    }

    private static RaisedRecord raised(SimCluster cluster, String uid) {
        String path = Paths.overdue(uid);
        return cluster.ensemble()
                .peek(path)
                .map(znode -> RaisedRecord.decode(path, znode.data()))
                .orElse(RaisedRecord.NONE);
    }

    @Test
    void runThatTakesLongIsNotOverdueUnlessItsJobSaysSo() {
        for (boolean says : List.of(false, true)) {
            Job job = says ? work() : every("work", PERIOD, 3);
            SimCluster cluster = cluster(6, job);
            cluster.behave((task, random) -> Behaviour.Act.lasting(Duration.ofMinutes(5)));
            cluster.run(Duration.ofMinutes(4));
            assertThat(cluster.overdue().isEmpty())
                    .as("tolerance stated: " + says)
                    .isEqualTo(!says);
            heals(cluster, Duration.ofMinutes(7));
        }
    }

    @Test
    void agentOfABroadcastJobThatStandsStillRaisesAnEventInItsName() {
        SimCluster cluster = cluster(7, everywhere("work", PERIOD).tolerance(TOLERANCE));
        cluster.run(Duration.ofSeconds(60));
        Instant fire = beforeNextFire(cluster);
        String master = cluster.master().orElseThrow().id();
        SimAgent still = cluster.agents().stream()
                .filter(agent -> !agent.id().equals(master))
                .findFirst()
                .orElseThrow();
        still.pause();
        cluster.run(Duration.ofSeconds(30));
        still.resume();
        heals(cluster, Duration.ofSeconds(90));
        assertThat(cluster.overdue()).singleElement().satisfies(event -> {
            assertThat(event.first()).isEqualTo(fire);
            assertThat(event.shards()).containsExactly(still.id());
        });
    }

    @Test
    void agentThatIsDrainedAndComesBackIsNotToldOfTwice() {
        SimCluster cluster = cluster(9, everywhere("work", 2_000).tolerance(TOLERANCE));
        cluster.behave((task, random) -> Behaviour.Act.lasting(Duration.ofMinutes(2)));
        cluster.run(Duration.ofSeconds(25));
        assertThat(cluster.overdue()).isNotEmpty();
        String drained = cluster.agents().get(1).id();
        for (Command.Kind kind : List.of(Command.Kind.DRAIN, Command.Kind.UNDRAIN)) {
            cluster.operator().command(kind, drained);
            cluster.run(Duration.ofSeconds(25));
        }
        // The simulation itself breaks if a fire is told of twice.
        assertThat(cluster.overdue()).extracting(OverdueEvent::first).doesNotHaveDuplicates();
    }

    @Test
    void jobThatNobodyCanRunSaysWhy() {
        SimCluster cluster = cluster(8, work());
        cluster.operator()
                .apply(every("alone", PERIOD, 2)
                        .handler("nobody-has-it")
                        .tolerance(TOLERANCE)
                        .build());
        cluster.run(Duration.ofSeconds(100));
        assertThat(cluster.overdue())
                .filteredOn(event -> event.job().equals("alone"))
                .isNotEmpty()
                .first()
                .satisfies(event -> {
                    assertThat(event.shardCount()).isEqualTo(2);
                    assertThat(String.join(" ", event.explanation()))
                            .contains("2 of 2 shards have no owner.", "Nobody can take 2 shards");
                });
    }

    @Test
    void runThatWasAskedForAndThatNobodyTakesUpRaisesOneEvent() {
        SimCluster cluster = cluster(10, work());
        beforeNextFire(cluster);
        cluster.run(Duration.ofSeconds(10));
        SimAgent still = standing(cluster);
        still.pause();
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.run(Duration.ofSeconds(25));
        Instant accepted = asked(cluster).get(0).accepted();
        assertThat(cluster.overdue()).singleElement().satisfies(event -> {
            assertThat(event.run()).contains(asked(cluster).get(0).runId());
            assertThat(event.first()).isEqualTo(accepted).isEqualTo(event.last());
            assertThat(event.fires()).isEqualTo(1);
            assertThat(event.shardCount()).isEqualTo(1);
            assertThat(Duration.between(accepted.plus(TOLERANCE), event.at()))
                    .isBetween(Duration.ZERO, Duration.ofSeconds(12));
            assertThat(event.title()).contains("run " + event.run().orElseThrow() + ", asked for at " + accepted);
            assertThat(String.join(" ", event.explanation()))
                    .contains(
                            "operator asked for run " + event.run().orElseThrow() + ", which is in force since "
                                    + accepted,
                            "has not begun it.",
                            "belongs to " + still.id());
        });
        assertThat(raised(cluster).runs()).hasSize(1);
        still.resume();
        cluster.run(Duration.ofSeconds(30));
        assertThat(raised(cluster).runs()).as("forgotten once it is settled").isEmpty();
        heals(cluster, Duration.ofSeconds(90));
        assertThat(cluster.overdue()).hasSize(1);
    }

    @Test
    void runsThatWereAskedForAreToldOfOneByOneAndNotAgainByTheNextMaster() {
        SimCluster cluster =
                cluster(11, Job.named("work").handler("nobody-has-it").manual().tolerance(TOLERANCE));
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.ensemble().faults().loseReply("overdue-raise");
        cluster.run(Duration.ofSeconds(30));
        assertThat(cluster.overdue())
                .extracting(event -> event.run().orElseThrow())
                .containsExactlyInAnyOrderElementsOf(
                        asked(cluster).stream().map(RunRequest::runId).toList())
                .hasSize(2);
        new Fault.KillMaster(Duration.ofSeconds(3)).inflict(cluster);
        cluster.run(Duration.ofSeconds(150));
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.run(Duration.ofSeconds(30));
        assertThat(cluster.overdue()).hasSize(3);
        assertThat(String.join(" ", cluster.overdue().get(2).explanation())).contains("1 of 1 shards have no owner.");
    }

    @Test
    void runsThatWereAskedForAndAreDoneInTimeRaiseNone() {
        SimCluster cluster = cluster(12, everywhere("work", PERIOD).tolerance(TOLERANCE));
        for (int i = 0; i < 3; i++) {
            cluster.operator().command(Command.Kind.TRIGGER, "work");
            cluster.run(Duration.ofSeconds(20));
        }
        cluster.start("late");
        cluster.run(Duration.ofSeconds(40));
        assertThat(cluster.overdue()).isEmpty();
        assertThat(asked(cluster)).hasSize(3);
        heals(cluster, Duration.ofSeconds(90));
    }

    /** The runs that the record of the job lists. */
    private static List<RunRequest> asked(SimCluster cluster) {
        String path = Paths.job("work");
        Znode znode = cluster.ensemble().peek(path).orElseThrow();
        return JobRecordCodec.decode(path, znode.data(), znode.modified()).requests();
    }
}
