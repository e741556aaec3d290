package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.everywhere;
import static dev.belfry.testkit.cluster.Scenes.finals;
import static dev.belfry.testkit.cluster.Scenes.first;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static dev.belfry.testkit.cluster.Scenes.mayHaveRun;
import static dev.belfry.testkit.cluster.Scenes.of;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static dev.belfry.testkit.cluster.Scenes.untold;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Records: what the next owner can tell by them, and what becomes of those that were under way. */
@ExtendWith(QuietLogs.class)
class LedgerScenariosTest {
    static final Misfire SKIP_LATE = new Misfire(MisfirePolicy.SKIP, Duration.ofSeconds(1), Duration.ofHours(1), 100);

    static final Misfire ALL_LATE =
            new Misfire(MisfirePolicy.FIRE_ALL, Duration.ofSeconds(1), Duration.ofHours(1), 1_000);

    @Test
    void interruptedFireRunsAgainEvenWhereLateFiresAreSkipped() {
        SimCluster cluster = cluster(41, every("work", 2_000, 3).misfire(SKIP_LATE));
        cluster.run(Duration.ofMillis(500));
        cluster.behave(lasting(10));
        Execution cut = first(cluster);
        cluster.run(Duration.ofSeconds(1));
        cluster.behave(Behaviour.PROMPT);
        cluster.agent(cut.process().name()).orElseThrow().kill();
        cluster.run(Duration.ofSeconds(20));
        assertThat(of(cluster, cut.fire(), cut))
                .as("begun, so it is the recovery that counts")
                .hasSize(2);
        assertThat(cluster.safety().journal().finals(ShardId.of(cut.shard())))
                .as("never begun as far as anybody knows, so it is the misfire policy")
                .anyMatch(line ->
                        line.outcome() == Outcome.MISSED && line.reason().equals(Reasons.OUTCOME_UNKNOWN));
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void runThatCompletedBeforeItsOutcomeWasDurableRunsAgainAndSaysThatItMayHaveCompleted() {
        SimCluster cluster = cluster(42, every("work", 2_000, 3));
        cluster.behave(lasting(1));
        Execution done = first(cluster);
        SimAgent owner = cluster.agent(done.process().name()).orElseThrow();
        cluster.run(Duration.ofMillis(500));
        new Fault.Cut(owner.id(), Fault.Way.OUT, Duration.ofSeconds(30)).inflict(cluster);
        cluster.run(Duration.ofMillis(900));
        assertThat(done.how()).isEqualTo(Execution.End.RETURNED);
        owner.kill();
        cluster.run(Duration.ofSeconds(18));
        assertThat(of(cluster, done.fire(), done)).hasSize(2);
        mayHaveRun(cluster, done, Outcome.SUCCEEDED);
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void firesThatRanUnderTheLeaseWhileNoServerAnsweredRunAgainAsWhatMayHaveRun() {
        SimCluster cluster = cluster(44, every("work", 500, 3).misfire(ALL_LATE));
        List<Execution> untold = untold(cluster, () -> {});
        cluster.run(Duration.ofSeconds(25));
        assertThat(untold).hasSizeGreaterThan(2).allSatisfy(execution -> {
            assertThat(of(cluster, execution.fire(), execution)).hasSize(2);
            mayHaveRun(cluster, execution, Outcome.SUCCEEDED);
        });
        Instant late = cluster.now().minusSeconds(5);
        assertThat(cluster.safety().journal().finals(ShardId.of(untold.get(0).shard())))
                .as("what falls due under the next owner's lease is nothing out of the ordinary")
                .filteredOn(line -> line.fire().due().isAfter(late))
                .isNotEmpty()
                .allMatch(line -> line.reason().isEmpty());
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void firesThatMayHaveRunAndAreNotToRunLateAreNotCalledMissedWithoutADoubt() {
        SimCluster cluster = cluster(45, every("work", 500, 3).misfire(SKIP_LATE));
        List<Execution> untold = untold(cluster, () -> {});
        cluster.run(Duration.ofSeconds(25));
        assertThat(untold)
                .hasSizeGreaterThan(2)
                .allSatisfy(execution -> mayHaveRun(cluster, execution, Outcome.MISSED));
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void afterMinutesWithoutAnyOwnerOnlyWhatFellIntoTheLeaseMayHaveRun() {
        SimCluster cluster = cluster(47, every("work", 500, 3).misfire(ALL_LATE));
        Incarnation owner = owner(cluster);
        cluster.agents().stream()
                .filter(agent -> !agent.id().equals(owner.agentId()))
                .forEach(agent -> cluster.operator().command(Command.Kind.DRAIN, agent.id()));
        // What came with a hand-over would be late for that reason.
        cluster.run(Duration.ofSeconds(45));
        assertThat(owners(cluster).values()).containsOnly(owner);
        Instant killed = cluster.now();
        cluster.agent(owner.agentId()).orElseThrow().kill();
        cluster.run(Duration.ofMinutes(2));
        cluster.agents().forEach(agent -> cluster.operator().command(Command.Kind.UNDRAIN, agent.id()));
        cluster.run(Duration.ofSeconds(30));
        ShardId shard = ShardId.of(cluster.evidence().all().get(0).shard());
        List<FireEntry> late = cluster.safety().journal().finals(shard).stream()
                .filter(line -> line.fire().due().isAfter(killed)
                        && line.fire().due().isBefore(killed.plus(Duration.ofMinutes(2))))
                .toList();
        Duration lease = Duration.ofSeconds(10);
        assertThat(late)
                .hasSizeGreaterThan(200)
                .allSatisfy(line -> assertThat(line.reason())
                        .isEqualTo(
                                line.fire().due().isAfter(killed.plus(lease))
                                        ? Reasons.MISFIRE
                                        : line.fire().due().isBefore(killed.plusSeconds(2))
                                                ? Reasons.OUTCOME_UNKNOWN
                                                : line.reason()));
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void broadcastFiresThatRanBeforeTheirSessionEndedAreRecordedByTheNextIncarnationAsWhatMayHaveRun() {
        SimCluster cluster = cluster(47, everywhere("work", 500));
        List<Execution> untold = untold(cluster, () -> {});
        Instant killed = cluster.now();
        cluster.run(Duration.ofMinutes(2));
        String id = untold.get(0).process().name();
        cluster.start(id);
        cluster.run(Duration.ofSeconds(10));
        ShardId shard = ShardId.of(untold.get(0).shard());
        assertThat(untold)
                .hasSizeGreaterThan(2)
                .allSatisfy(execution -> assertThat(finals(cluster, execution))
                        .singleElement()
                        .satisfies(line -> assertThat(line.reason()).isEqualTo(Reasons.OUTCOME_UNKNOWN)));
        assertThat(cluster.safety().journal().finals(shard))
                .as("an agent that is not there owes nothing")
                .noneMatch(line -> line.fire().due().isAfter(killed.plusSeconds(20))
                        && line.fire().due().isBefore(killed.plusSeconds(100)));
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void recordThatSomebodyTouchedDoesNotHoldUpTheOthersOfItsTransaction() {
        SimCluster cluster = cluster(43, every("work", 1_000, 12));
        Incarnation owner = owner(cluster);
        List<ShardKey> own = cluster.rows().entrySet().stream()
                .filter(row -> row.getValue().owner().equals(owner))
                .map(java.util.Map.Entry::getKey)
                .toList();
        assertThat(own).hasSizeGreaterThan(2);
        ShardKey touched = own.get(1);
        String path = Paths.ledger(touched.jobUid(), touched.layout(), 12, touched.shard());
        Znode before = cluster.ensemble().peek(path).orElseThrow();
        Rogue.commit(cluster, transaction -> transaction.put(path, before.data(), -1));
        cluster.run(Duration.ofMillis(2_500));
        Instant recently = cluster.now().minusMillis(1_100);
        for (ShardKey shard : own) {
            assertThat(cluster.safety().journal().finals(ShardId.of(shard)))
                    .as("outcomes of " + shard)
                    .anyMatch(line -> !line.fire().due().isBefore(recently));
        }
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void firstRecordWhoseReplyIsLostIsFoundToBeOurOwn() {
        SimCluster cluster = cluster(53);
        cluster.operator().apply(every("work", 1_000, 4).build());
        for (int i = 0; i < 3; i++) {
            cluster.ensemble().faults().loseReply("ledger-flush");
        }
        cluster.run(Duration.ofSeconds(10));
        assertThat(cluster.ensemble().faults().count("ledger-flush").lostAfter())
                .isEqualTo(3);
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void delayGoesOnFromTheInstantThatTheLedgerAnnounces() {
        SimCluster cluster = cluster(
                54,
                Job.named("work")
                        .handler(SimCluster.HANDLER)
                        .delay(Duration.ofSeconds(5))
                        .shards(3));
        cluster.runUntil(Duration.ofSeconds(12), () -> cluster.evidence().all().size() >= 3);
        cluster.run(Duration.ofSeconds(1));
        ShardRef shard = cluster.evidence().all().get(0).shard();
        List<Execution> before = List.copyOf(cluster.evidence().of(shard));
        Execution last = before.get(before.size() - 1);
        Instant announced = announced(cluster, shard);
        cluster.agent(last.process().name()).orElseThrow().kill();
        cluster.run(Duration.ofSeconds(14));
        List<Execution> all = cluster.evidence().of(shard);
        Execution next = all.stream()
                .filter(execution -> execution.fire().due().isAfter(last.fire().due()))
                .findFirst()
                .orElseThrow();
        assertThat(next.process()).isNotEqualTo(last.process());
        assertThat(next.fire().due())
                .as("the successor invents no instant of its own")
                .isEqualTo(announced);
        assertThat(announced(cluster, shard)).isAfter(announced);
    }

    private static Instant announced(SimCluster cluster, ShardRef shard) {
        Znode ledger = cluster.ensemble().peek(shard.ledgerPath()).orElseThrow();
        return LedgerCodec.decode(ledger.path(), ledger.data()).delayNext().orElseThrow();
    }
}
