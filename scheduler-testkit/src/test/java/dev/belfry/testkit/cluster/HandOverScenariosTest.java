package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.everywhere;
import static dev.belfry.testkit.cluster.Scenes.first;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.HandOver;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.store.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Shards on their way from one owner to the next: whose release counts, what is due meanwhile, and how many go at once. */
@ExtendWith(QuietLogs.class)
class HandOverScenariosTest {
    private static List<ShardKey> of(SimCluster cluster, Incarnation owner) {
        return cluster.rows().entrySet().stream()
                .filter(row -> row.getValue().owner().equals(owner))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Test
    void releaseOfAnEarlierTenancyDoesNotGiveTheShardAwayAgain() {
        SimCluster cluster = cluster(61, every("work", 1_000, 6));
        Incarnation owner = owner(cluster);
        Map<ShardKey, Tenancy> before = Map.copyOf(cluster.rows());
        cluster.operator().command(Command.Kind.DRAIN, owner.agentId());
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(8), () -> !releases(cluster, owner).isEmpty()))
                .isTrue();
        // From here on it cannot take back what it has listed.
        cluster.ensemble().denyWrites(Paths.handover(owner.name()));
        cluster.run(Duration.ofSeconds(3));
        Set<ShardKey> listed = Set.copyOf(releases(cluster, owner));
        assertThat(listed).isNotEmpty();
        cluster.operator().command(Command.Kind.UNDRAIN, owner.agentId());
        for (SimAgent agent : List.copyOf(cluster.agents())) {
            if (!agent.id().equals(owner.agentId())) {
                agent.kill();
            }
        }
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(40),
                        () -> listed.stream().allMatch(shard -> owns(cluster, owner, shard, before))))
                .as("it has them again, in a later tenancy")
                .isTrue();
        Map<ShardKey, Tenancy> again = Map.copyOf(cluster.rows());
        cluster.behave(lasting(30));
        cluster.run(Duration.ofSeconds(2));
        cluster.start("b1");
        cluster.start("b2");
        cluster.run(Duration.ofSeconds(8));
        for (ShardKey shard : listed) {
            assertThat(cluster.rows().get(shard).owner())
                    .as("owner of " + shard)
                    .isEqualTo(owner);
            assertThat(cluster.rows().get(shard).since())
                    .isEqualTo(again.get(shard).since());
        }
        cluster.ensemble().allowAll();
        heals(cluster, Duration.ofSeconds(60));
    }

    private static boolean owns(SimCluster cluster, Incarnation owner, ShardKey shard, Map<ShardKey, Tenancy> before) {
        Tenancy row = cluster.rows().get(shard);
        return row != null
                && row.owner().equals(owner)
                && row.since().value() > before.get(shard).since().value();
    }

    private static List<ShardKey> releases(SimCluster cluster, Incarnation owner) {
        String path = Paths.handover(owner.name());
        return HandOver.decode(path, cluster.ensemble().peek(path).orElseThrow().data()).releases().stream()
                .map(release -> release.shard())
                .toList();
    }

    @Test
    void fireDueDuringAHandOverRunsLateThoughLateFiresAreSkipped() {
        SimCluster cluster = cluster(62, every("work", 3_000, 6).misfire(LedgerScenariosTest.SKIP_LATE));
        cluster.behave(lasting(8));
        cluster.run(Duration.ofSeconds(3));
        Map<ShardKey, Incarnation> before = owners(cluster);
        cluster.start("a3");
        cluster.behave(Behaviour.PROMPT);
        cluster.run(Duration.ofSeconds(15));
        List<ShardKey> moved = owners(cluster).entrySet().stream()
                .filter(row -> !row.getValue().equals(before.get(row.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(moved).isNotEmpty();
        for (ShardKey shard : moved) {
            List<FireEntry> outcomes = cluster.safety().journal().finals(ShardId.of(shard));
            assertThat(outcomes).noneMatch(line -> line.outcome() == Outcome.MISSED);
            assertThat(outcomes)
                    .as("outcomes of " + shard)
                    .anyMatch(line ->
                            line.outcome() == Outcome.SUCCEEDED && line.reason().equals(Reasons.HANDOVER));
        }
        heals(cluster, Duration.ofSeconds(20));
    }

    @Test
    void runThatWasAskedForWhileAShardWasToMoveIsNotForgottenWhenTheMoveIsCalledOff() {
        SimCluster cluster = cluster(
                64, Job.named("work").handler(SimCluster.HANDLER).manual().shards(6));
        cluster.behave(lasting(25));
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.run(Duration.ofSeconds(2));
        SimAgent successor = cluster.start("a3");
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(20), () -> !offered(cluster).isEmpty()))
                .isTrue();
        Set<ShardKey> moving = Set.copyOf(offered(cluster));
        cluster.operator().command(Command.Kind.TRIGGER, "work");
        cluster.runUntil(Duration.ofSeconds(5), cluster.operator()::idle);
        successor.kill();
        cluster.behave(Behaviour.PROMPT);
        heals(cluster, Duration.ofSeconds(40));
        assertThat(moving)
                .allSatisfy(shard -> assertThat(cluster.safety().journal().finals(ShardId.of(shard)))
                        .as("outcomes of " + shard)
                        .hasSize(2));
    }

    private static List<ShardKey> offered(SimCluster cluster) {
        return cluster.rows().entrySet().stream()
                .filter(row -> row.getValue().next() instanceof Successor.Named)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** An agent of a job on every agent, drained and taken back while an attempt of its part runs on. */
    private static Execution takenBack(SimCluster cluster) {
        cluster.run(Duration.ofMillis(500));
        cluster.behave(lasting(40));
        Execution running = first(cluster);
        String agent = running.process().name();
        cluster.behave(Behaviour.PROMPT);
        cluster.operator().command(Command.Kind.DRAIN, agent);
        cluster.run(Duration.ofSeconds(3));
        cluster.operator().command(Command.Kind.UNDRAIN, agent);
        cluster.run(Duration.ofSeconds(12));
        assertThat(running.how()).isEqualTo(Execution.End.RUNNING);
        return running;
    }

    @Test
    void agentWhoseDrainIsTakenBackAccountsForABroadcastJobWhileItsLongAttemptRunsOn() {
        SimCluster cluster = cluster(65, everywhere("work", 1_000));
        Execution running = takenBack(cluster);
        assertThat(cluster.safety().journal().finals(ShardId.of(running.shard())))
                .filteredOn(line -> line.fire().due().isAfter(cluster.now().minusSeconds(6)))
                .hasSizeGreaterThan(3)
                .allMatch(line -> line.reason().equals(Reasons.OVERLAP));
        heals(cluster, Duration.ofSeconds(45));
    }

    @Test
    void broadcastFiresOfAnAgentThatIsLostAfterItsDrainWasTakenBackAllHaveAnOutcome() {
        for (Recovery recovery : Recovery.values()) {
            SimCluster cluster = cluster(66, everywhere("work", 1_000).recovery(recovery));
            Execution running = takenBack(cluster);
            String agent = running.process().name();
            cluster.agent(agent).orElseThrow().kill();
            cluster.run(Duration.ofSeconds(10));
            cluster.start(agent);
            heals(cluster, Duration.ofSeconds(20));
        }
    }

    @Test
    void largeAgentReleasesItsShardsInWaves() {
        SimCluster cluster = new SimCluster(63, ClusterOptions.DEFAULT);
        SimAgent large = cluster.start("a0");
        cluster.operator().apply(every("large", 3_600_000, 2_500).build());
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(60),
                        () -> cluster.rows().size() == 2_500
                                && cluster.operator().idle()))
                .isTrue();
        cluster.run(Duration.ofSeconds(20));
        String path = Paths.handover(large.agent().incarnation().orElseThrow());
        assertThat(cluster.ensemble().peek(path))
                .as("there since the registration")
                .isPresent();
        List<Integer> waves = new ArrayList<>();
        cluster.ensemble()
                .history((zxid, session, site, writes) -> writes.stream()
                        .filter(write ->
                                write instanceof Transaction.Put && write.path().equals(path))
                        .forEach(write -> waves.add(HandOver.decode(path, ((Transaction.Put) write).data())
                                .releases()
                                .size())));
        // Of what is over there may be any number at once; moves are begun a few at a time.
        cluster.operator().command(Command.Kind.DELETE, "large");
        assertThat(cluster.runUntil(Duration.ofMinutes(3), () -> cluster.rows().isEmpty()))
                .isTrue();
        assertThat(waves).isNotEmpty().allMatch(size -> size <= HandOver.WAVE).contains(HandOver.WAVE);
    }
}
