package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owner;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.command.Command;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wall clocks that are wrong: those of an agent, and those of the ensemble. */
class ClockScenariosTest {
    private QuietLogs logs;

    @BeforeEach
    void keepQuiet() {
        logs = new QuietLogs();
    }

    @AfterEach
    void beHeardAgain() {
        logs.close();
    }

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
    void ensembleWhoseClocksAreWrongIsSuspectedByAllAndStopsNobody() {
        SimCluster cluster = cluster(73, every("work", 1_000, 6));
        for (int server = 0; server < 3; server++) {
            cluster.ensemble().clock(server).step(Duration.ofSeconds(-20));
        }
        cluster.run(Duration.ofSeconds(15));
        assertThat(owners(cluster).values().stream().distinct())
                .as("nobody drains for it")
                .hasSize(3);
        int runs = cluster.evidence().all().size();
        cluster.run(Duration.ofSeconds(3));
        assertThat(cluster.evidence().all().size() - runs).isBetween(12, 24);
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
}
