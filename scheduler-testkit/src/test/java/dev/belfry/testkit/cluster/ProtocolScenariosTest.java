package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.SETTLED;
import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.first;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static dev.belfry.testkit.cluster.Scenes.of;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static dev.belfry.testkit.cluster.Scenes.session;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.ownership.ShardKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scenarios in which the order of things matters, each of which broke an earlier draft of the protocol. */
@ExtendWith(QuietLogs.class)
class ProtocolScenariosTest {
    @Test
    void ownerThatWakesAfterItsSuccessorHasRunRecordsNothing() {
        SimCluster cluster = cluster(1, every("work", 2_000, 3));
        cluster.behave(lasting(1));
        Execution old = first(cluster);
        SimAgent owner = cluster.agent(old.process().name()).orElseThrow();
        owner.pause();
        cluster.run(Duration.ofSeconds(20));
        assertThat(of(cluster, old.fire(), old)).hasSizeGreaterThan(1);
        owner.resume();
        // Safety sees every write: one of the woken owner would name a tenancy that is over.
        heals(cluster, Duration.ofSeconds(25));
    }

    @Test
    void longAttemptIsNotForgottenBehindItsSkips() {
        SimCluster cluster = cluster(2, every("work", 1_000, 2));
        cluster.behave(lasting(30));
        cluster.runUntil(
                Duration.ofSeconds(4), () -> !cluster.evidence().running().isEmpty());
        cluster.run(Duration.ofSeconds(8));
        Execution cut = first(cluster);
        cluster.behave(Behaviour.PROMPT);
        cluster.agent(cut.process().name()).orElseThrow().kill();
        cluster.run(Duration.ofSeconds(15));
        assertThat(of(cluster, cut.fire(), cut))
                .as("the fire that ran when its owner died, not only the later ones")
                .hasSize(2)
                .last()
                .satisfies(again -> assertThat(again.how()).isEqualTo(Execution.End.RETURNED));
        heals(cluster, Duration.ofSeconds(15));
    }

    @Test
    void atMostOnceAttemptStartsOnceWhereTheAnswerToItsClaimIsLost() {
        SimCluster cluster = cluster(3, every("once", 2_000, 3).recovery(Recovery.SKIP));
        for (int i = 0; i < 6; i++) {
            cluster.ensemble().faults().loseReply("ledger-flush");
            cluster.run(Duration.ofSeconds(3));
        }
        heals(cluster, Duration.ofSeconds(25));
        Map<String, Long> starts = cluster.evidence().all().stream()
                .collect(Collectors.groupingBy(e -> e.shard() + " " + e.fire(), Collectors.counting()));
        assertThat(starts)
                .isNotEmpty()
                .allSatisfy((fire, count) -> assertThat(count).isEqualTo(1));
        assertThat(cluster.ensemble().faults().count("ledger-flush").lostAfter())
                .isEqualTo(6);
    }

    @Test
    void atMostOnceAttemptOfALostOwnerIsNotRunAgain() {
        SimCluster cluster = cluster(4, every("once", 2_000, 3).recovery(Recovery.SKIP));
        cluster.behave(lasting(20));
        cluster.runUntil(
                Duration.ofSeconds(4), () -> !cluster.evidence().running().isEmpty());
        cluster.run(Duration.ofMillis(200));
        Execution lost = first(cluster);
        cluster.behave(Behaviour.PROMPT);
        cluster.agent(lost.process().name()).orElseThrow().kill();
        heals(cluster, Duration.ofSeconds(35));
        assertThat(of(cluster, lost.fire(), lost)).hasSize(1);
    }

    @Test
    void noShardOfANewLayoutRunsBesideOneOfTheOld() {
        SimCluster cluster = cluster(5, every("work", 1_000, 4));
        cluster.behave(lasting(12));
        cluster.runUntil(
                Duration.ofSeconds(4), () -> !cluster.evidence().running().isEmpty());
        cluster.operator().apply(every("work", 1_000, 7).build());
        cluster.run(Duration.ofSeconds(25));
        List<Execution> old = new ArrayList<>();
        List<Execution> fresh = new ArrayList<>();
        cluster.evidence().all().forEach(e -> (e.shard().layout() == 1 ? old : fresh).add(e));
        assertThat(fresh).isNotEmpty();
        long begins = fresh.stream().mapToLong(Execution::start).min().orElseThrow();
        assertThat(old).isNotEmpty().allSatisfy(e -> assertThat(e.end()).isLessThanOrEqualTo(begins));
        heals(cluster, Duration.ofSeconds(25));
    }

    @Test
    void changeOfMasterMovesNothing() {
        SimCluster cluster = cluster(6, every("work", 1_000, 9), every("other", 2_000, 5));
        Map<ShardKey, Incarnation> before = owners(cluster);
        long versions = cluster.tableVersions();
        long term = cluster.term();
        Rogue.deleteLatch(cluster, session(cluster));
        assertThat(cluster.runUntil(Duration.ofSeconds(3), () -> cluster.term() > term))
                .isTrue();
        heals(cluster, Duration.ofSeconds(20));
        assertThat(owners(cluster)).isEqualTo(before);
        assertThat(cluster.tableVersions())
                .as("the plan of an unchanged cluster is empty")
                .isEqualTo(versions);
    }

    @Test
    void processThatWasMasterBeforeMayTakeOfficeAgain() {
        SimCluster cluster = new SimCluster(7, ClusterOptions.DEFAULT);
        cluster.start("a0");
        cluster.operator().apply(every("work", 1_000, 4).build());
        cluster.run(SETTLED);
        for (int i = 0; i < 3; i++) {
            long term = cluster.term();
            Rogue.deleteLatch(cluster, session(cluster));
            assertThat(cluster.runUntil(Duration.ofSeconds(8), () -> cluster.term() > term))
                    .as("term after " + term)
                    .isTrue();
        }
        cluster.start("a1");
        heals(cluster, Duration.ofSeconds(20));
        assertThat(owners(cluster).values().stream().distinct()).hasSize(2);
    }

    @Test
    void shardIsReleasedOnlyWhenItsAttemptHasEnded() {
        SimCluster cluster = cluster(8, every("work", 1_000, 6).overlap(OverlapPolicy.SKIP));
        cluster.behave(lasting(5));
        cluster.run(Duration.ofSeconds(2));
        cluster.start("a3");
        cluster.run(Duration.ofSeconds(15));
        assertThat(owners(cluster).values()).anyMatch(owner -> owner.agentId().equals("a3"));
        heals(cluster, Duration.ofSeconds(20));
    }

    @Test
    void moveWhoseTargetDiesLeavesTheShardInCharge() {
        SimCluster cluster = cluster(9, every("work", 1_000, 6));
        cluster.behave(lasting(5));
        cluster.run(Duration.ofSeconds(2));
        SimAgent target = cluster.start("a3");
        cluster.runUntil(
                Duration.ofSeconds(3),
                () -> cluster.rows().values().stream()
                        .anyMatch(row -> row.next().toString().contains("a3")));
        target.kill();
        heals(cluster, Duration.ofSeconds(30));
    }

    @Test
    void sessionThatEndsBehindItsAgentsBackBringsANewIncarnation() {
        SimCluster cluster = cluster(10, every("work", 1_000, 6));
        Incarnation before = owners(cluster).values().iterator().next();
        new Fault.Expire(before.agentId()).inflict(cluster);
        heals(cluster, Duration.ofSeconds(30));
        assertThat(owners(cluster).values()).doesNotContain(before);
        assertThat(cluster.agent(before.agentId()).orElseThrow().agent().incarnation())
                .isPresent()
                .get()
                .isNotEqualTo(before.name());
    }

    @Test
    void definitionChangedAtAFireOwesEachInstantUnderOneVersion() {
        for (long seed = 20; seed < 30; seed++) {
            SimCluster cluster = cluster(seed, every("work", 1_000, 5));
            cluster.run(Duration.ofMillis(995));
            cluster.operator().apply(every("work", 3_000, 5).build());
            cluster.run(Duration.ofSeconds(8));
            cluster.operator().apply(every("work", 2_000, 5).build());
            heals(cluster, Duration.ofSeconds(25));
        }
    }
}
