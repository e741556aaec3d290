package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.job.Job;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.record.Paths;
import dev.belfry.testkit.store.SimOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An agent with a session of 60 s, and so a lease of 40 s, among others with sessions of 10 s. */
class LongLeaseScenariosTest {
    private static final Duration USUAL = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration LONG_LEASE = Duration.ofSeconds(40);

    private QuietLogs logs;

    @BeforeEach
    void keepQuiet() {
        logs = new QuietLogs();
    }

    @AfterEach
    void beHeardAgain() {
        logs.close();
    }

    private static SimCluster cluster(long seed, Job job) {
        SimOptions ensemble = SimOptions.DEFAULT.withTick(Duration.ofSeconds(3));
        SimCluster cluster =
                new SimCluster(seed, ClusterOptions.DEFAULT.withEnsemble(ensemble).withSessionTimeout(USUAL));
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
        List.of("a0", "a1", "a2")
                .forEach(id -> cluster.agent(id).orElseThrow().kill());
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
