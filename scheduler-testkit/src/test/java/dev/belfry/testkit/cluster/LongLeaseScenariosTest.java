package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.everywhere;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.loop.AgentLoop;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.store.Znode;
import dev.belfry.testkit.store.Faults;
import dev.belfry.testkit.store.SimOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An agent with a session of 60 s, and so a lease of 40 s, among others with sessions of 10 s. */
@ExtendWith(QuietLogs.class)
class LongLeaseScenariosTest {
    private static final Duration USUAL = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LONG_LEASE = Duration.ofSeconds(40);

    private static SimCluster cluster(long seed, Job job) {
        SimOptions ensemble = SimOptions.DEFAULT.withTick(Duration.ofSeconds(3));
        SimCluster cluster = new SimCluster(
                seed, ClusterOptions.DEFAULT.withEnsemble(ensemble).withSessionTimeout(USUAL));
        List.of("a0", "a1", "a2").forEach(cluster::start);
        cluster.operator().apply(job.build());
        cluster.run(Duration.ofSeconds(3));
        return cluster;
    }

    private static Incarnation incarnation(SimAgent agent) {
        return new Incarnation(agent.agent().incarnation().orElseThrow());
    }

    private static boolean owns(SimCluster cluster, SimAgent agent) {
        return agent.agent().incarnation().isPresent() && owners(cluster).containsValue(incarnation(agent));
    }

    private static Duration longestTimeout(SimCluster cluster) {
        byte[] epoch = cluster.ensemble().peek(Paths.EPOCH).orElseThrow().data();
        return Epoch.decode(Paths.EPOCH, epoch).longestTimeout();
    }

    private static JobVersion newest(SimCluster cluster) {
        Znode znode = cluster.ensemble().peek(Paths.job("work")).orElseThrow();
        return JobRecordCodec.decode(znode.path(), znode.data(), znode.modified())
                .newest();
    }

    /** The new version waits for the long lease; {@link Safety} sees to it that nothing is run that it does not owe. */
    private static void waitsForTheLongLease(SimCluster cluster) {
        cluster.run(Duration.ofSeconds(1));
        JobVersion version = newest(cluster);
        assertThat(version.number()).isEqualTo(2);
        cluster.run(Duration.ofSeconds(20));
        assertThat(Duration.between(version.changed(), version.from())).isGreaterThan(LONG_LEASE);
        heals(cluster, Duration.ofSeconds(75));
    }

    @Test
    void changeWaitsForAnOwnerWhoseRegistrationIsGone() {
        SimCluster cluster = cluster(41, every("work", 1_000, 8));
        SimAgent owner = cluster.start("a3", LONG);
        assertThat(cluster.runUntil(Duration.ofSeconds(10), () -> owns(cluster, owner)))
                .isTrue();
        cluster.run(Duration.ofSeconds(2));
        new Fault.Cut("a3", Fault.Way.BOTH, Duration.ofSeconds(50)).inflict(cluster);
        Rogue.delete(cluster, Paths.agent(incarnation(owner).name()));
        cluster.run(Duration.ofSeconds(1));
        cluster.operator().apply(every("work", 7_000, 8).build());
        waitsForTheLongLease(cluster);
    }

    @Test
    void changeWhoseWriterIsHeldUpWaitsForAnOwnerThatCameMeanwhile() {
        SimCluster cluster = cluster(42, every("work", 1_000, 8));
        cluster.ensemble().faults().strikeNext("apply-change", Faults.Moment.SENDING, who -> {
            for (int server = 0; server < 3; server++) {
                cluster.ensemble().cut(who, "s" + server);
            }
        });
        cluster.operator().apply(every("work", 7_000, 8).build());
        cluster.run(Duration.ofMillis(200));
        SimAgent owner = cluster.start("a3", LONG);
        assertThat(cluster.runUntil(Duration.ofSeconds(4), () -> owns(cluster, owner)))
                .isTrue();
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(2),
                        () -> owner.agent().shards().stream().anyMatch(AgentLoop.ShardStatus::inCharge)))
                .isTrue();
        new Fault.Cut("a3", Fault.Way.BOTH, Duration.ofSeconds(50)).inflict(cluster);
        assertThat(newest(cluster).number()).isEqualTo(1);
        for (int server = 0; server < 3; server++) {
            cluster.ensemble().heal("operator", "s" + server);
        }
        waitsForTheLongLease(cluster);
    }

    @Test
    void changeWaitsForAnAgentThatTakesPartInABroadcastJobAndWasNeverSeenByAMaster() {
        SimCluster cluster = cluster(43, everywhere("work", 1_000));
        cluster.master().orElseThrow().pause();
        SimAgent agent = cluster.start("a3", LONG);
        cluster.run(Duration.ofSeconds(3));
        new Fault.Cut("a3", Fault.Way.BOTH, Duration.ofSeconds(50)).inflict(cluster);
        Rogue.delete(cluster, Paths.agent(incarnation(agent).name()));
        cluster.run(Duration.ofSeconds(1));
        cluster.operator().apply(everywhere("work", 7_000).build());
        cluster.run(Duration.ofSeconds(1));
        cluster.master().orElseThrow().resume();
        assertThat(newest(cluster).number()).isEqualTo(2);
        heals(cluster, Duration.ofSeconds(110));
    }

    @Test
    void shardsOfAnOwnerThatTheMasterNeverCouldReadAreGrantedOnlyWhenItsLeaseIsOver() {
        SimCluster cluster = cluster(44, every("work", 1_000, 8));
        SimAgent owner = cluster.start("a3", LONG);
        assertThat(cluster.runUntil(Duration.ofSeconds(10), () -> owns(cluster, owner)))
                .isTrue();
        cluster.run(Duration.ofSeconds(2));
        assertThat(longestTimeout(cluster)).isEqualTo(LONG);
        Incarnation unreadable = incarnation(owner);
        String registration = Paths.agent(unreadable.name());
        new Fault.Cut("a3", Fault.Way.BOTH, Duration.ofSeconds(55)).inflict(cluster);
        byte[] damage = "not a registration".getBytes(StandardCharsets.US_ASCII);
        Rogue.commit(cluster, transaction -> transaction.put(registration, damage, -1));
        cluster.run(Duration.ofMillis(500));
        // Whoever had read it while it could be read is gone.
        long term = cluster.term();
        List.of("a0", "a1", "a2").forEach(id -> cluster.agent(id).orElseThrow().kill());
        List.of("b0", "b1").forEach(cluster::start);
        assertThat(cluster.runUntil(Duration.ofSeconds(20), () -> cluster.term() > term))
                .isTrue();
        cluster.run(Duration.ofSeconds(1));
        assertThat(owners(cluster)).containsValue(unreadable);
        Rogue.delete(cluster, registration);
        cluster.runUntil(
                Duration.ofSeconds(1),
                () -> cluster.ensemble().peek(registration).isEmpty());
        long gone = cluster.scheduler().nanos();
        assertThat(cluster.runUntil(
                        Duration.ofSeconds(60), () -> !owners(cluster).containsValue(unreadable)))
                .isTrue();
        assertThat(cluster.scheduler().nanos() - gone)
                .isGreaterThanOrEqualTo(
                        LONG_LEASE.multipliedBy(11).dividedBy(10).toNanos());
        heals(cluster, Duration.ofSeconds(40));
    }
}
