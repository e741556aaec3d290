package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.lasting;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.OverlapPolicy;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Owners and the servers that they are connected to: silent, cut off from their leader, or lost with what happened meanwhile. */
@ExtendWith(QuietLogs.class)
class LeaseScenariosTest {
    private static SimAgent onAFollower(SimCluster cluster) {
        int leader = cluster.ensemble().leader().orElseThrow();
        String master = cluster.master().orElseThrow().id();
        return cluster.agents().stream()
                .filter(agent -> !agent.id().equals(master))
                .filter(agent -> cluster.ensemble()
                        .serverOf(agent.connection())
                        .filter(server -> server != leader)
                        .isPresent())
                .findFirst()
                .orElseThrow();
    }

    private static int serverOf(SimCluster cluster, SimAgent agent) {
        return cluster.ensemble().serverOf(agent.connection()).orElseThrow();
    }

    private static void cutFromAllBut(SimCluster cluster, SimAgent agent, int server) {
        IntStream.range(0, 3)
                .filter(other -> other != server)
                .forEach(other -> cluster.ensemble().separate(agent.process().name(), "s" + other));
    }

    @Test
    void leaseThatAWakingMachineHasFoundOverStaysOverThoughItsClockIsThenSetBack() {
        for (int i = 0; i < 20; i++) {
            SimCluster cluster = cluster(30, every("work", 1_000, 6).overlap(OverlapPolicy.BUFFER_ALL));
            cluster.behave(lasting(20));
            String agent = owner(cluster).agentId();
            cluster.run(Duration.ofSeconds(3));
            Duration suspended = Duration.ofSeconds(9);
            new Fault.Freeze(agent, suspended).inflict(cluster);
            cluster.run(suspended.plusMillis(5 + 10L * i));
            // By both of its clocks no time has passed now. Safety sees what starts although others have settled it.
            new Fault.Step(agent, suspended.negated(), Duration.ofSeconds(4)).inflict(cluster);
            cluster.behave(Behaviour.PROMPT);
            heals(cluster, Duration.ofSeconds(60));
        }
    }

    @Test
    void serverThatGoesSilentIsLeftForAnotherBeforeTheLeaseIsOver() {
        SimCluster cluster = cluster(31, every("work", 1_000, 6));
        SimAgent agent = onAFollower(cluster);
        int silent = serverOf(cluster, agent);
        cluster.ensemble().pauseServer(silent);
        assertThat(cluster.runUntil(Duration.ofSeconds(12), () -> !agent.agent().leaseHolds()))
                .as("it has lost its lease")
                .isFalse();
        assertThat(serverOf(cluster, agent)).isNotEqualTo(silent);
        cluster.ensemble().resumeServer(silent);
        heals(cluster, Duration.ofSeconds(20));
    }

    @Test
    void ownerOnAFollowerThatIsCutOffFromItsLeaderHasNoLeaseWhenItsShardsAreGranted() {
        // The follower answers reads for twice as long as a session lasts.
        ClusterOptions patient = ClusterOptions.DEFAULT.withEnsemble(
                ClusterOptions.DEFAULT.ensemble().withSyncLimit(12));
        // Nothing is due: a write without an answer would hold up the reads behind it.
        SimCluster cluster = cluster(32, patient, every("work", 3_600_000, 6));
        SimAgent agent = onAFollower(cluster);
        int server = serverOf(cluster, agent);
        cutFromAllBut(cluster, agent, server);
        IntStream.range(0, 3)
                .filter(other -> other != server)
                .forEach(other -> cluster.ensemble().separate("s" + server, "s" + other));
        String cut = agent.agent().incarnation().orElseThrow();
        // Safety looks at every grant: one while the owner may still act would be found.
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(20),
                        () -> owners(cluster).values().stream()
                                .noneMatch(owner -> owner.name().equals(cut))))
                .isTrue();
        cluster.ensemble().healAll();
        heals(cluster, Duration.ofSeconds(30));
    }

    @Test
    void whatChangedWithoutAConnectionIsFoundByComparingAfterwards() {
        SimCluster cluster = cluster(33, every("work", 1_000, 6));
        SimAgent agent = onAFollower(cluster);
        String incarnation = agent.agent().incarnation().orElseThrow();
        int lost = serverOf(cluster, agent);
        cutFromAllBut(cluster, agent, lost);
        cluster.ensemble().killServer(lost);
        cluster.operator().apply(every("fresh", 1_000, 9).build());
        cluster.run(Duration.ofSeconds(2));
        long granted = owners(cluster).entrySet().stream()
                .filter(row ->
                        row.getKey().layout() == 1 && row.getValue().name().equals(incarnation))
                .count();
        assertThat(granted).as("rows of which it was told nothing").isGreaterThan(3);
        for (int server = 0; server < 3; server++) {
            cluster.ensemble().heal(agent.process().name(), "s" + server);
            cluster.ensemble().heal("s" + server, agent.process().name());
        }
        cluster.run(Duration.ofSeconds(3));
        assertThat(agent.agent().incarnation()).contains(incarnation);
        assertThat(agent.agent().shards()).hasSize((int) granted).allMatch(shard -> shard.inCharge());
        cluster.ensemble().startServer(lost);
        heals(cluster, Duration.ofSeconds(20));
    }

    @Test
    void deathDuringAnElectionIsSeenWithinOneMoreTimeout() {
        SimCluster cluster = cluster(34, every("work", 1_000, 6));
        cluster.run(Duration.ofSeconds(10));
        Incarnation dead = owner(cluster);
        int leader = cluster.ensemble().leader().orElseThrow();
        cluster.agent(dead.agentId()).orElseThrow().kill();
        cluster.run(Duration.ofSeconds(4));
        // Whoever leads next does not know how long the dead have been silent.
        cluster.ensemble().killServer(leader);
        long at = cluster.scheduler().nanos();
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(20), () -> !owners(cluster).containsValue(dead)))
                .isTrue();
        assertThat(Duration.ofNanos(cluster.scheduler().nanos() - at))
                .as("an election, a full time-out of 6 s, a tick")
                .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(12));
        cluster.ensemble().startServer(leader);
        heals(cluster, Duration.ofSeconds(20));
    }
}
