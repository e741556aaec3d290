package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.Tenancy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Layouts and jobs that end, or seem to: what their owners, and those who come after them, make of it. */
class EndingScenariosTest {
    private QuietLogs logs;

    @BeforeEach
    void keepQuiet() {
        logs = new QuietLogs();
    }

    @AfterEach
    void beHeardAgain() {
        logs.close();
    }

    private static JobRecord job(SimCluster cluster, String name) {
        Znode znode = cluster.ensemble().peek(Paths.job(name)).orElseThrow();
        return JobRecordCodec.decode(znode.path(), znode.data(), znode.modified());
    }

    @Test
    void layoutWhoseJobIsDeletedBeforeTheNextOneWouldHaveComeIsSettledThoughItsOwnerIsLost() {
        SimCluster cluster = cluster(31, every("work", 1_000, 6));
        // Its lease of 13 s is what a change waits for; the others are lost much sooner.
        cluster.start("a3", Duration.ofSeconds(20));
        cluster.run(Duration.ofSeconds(2));
        cluster.operator().apply(every("work", 1_000, 4).build());
        cluster.run(Duration.ofSeconds(1));
        JobRecord changed = job(cluster, "work");
        assertThat(changed.newest().layout()).isEqualTo(2);
        Instant end = changed.newest().from().minusSeconds(11);
        Rogue.commit(
                cluster,
                transaction -> transaction.put(Paths.job("work"), JobRecordCodec.encode(changed.deletedAt(end)), -1));
        cluster.run(Duration.ofMillis(200));
        Incarnation lost = cluster.rows().values().stream()
                .map(Tenancy::owner)
                .filter(owner -> !owner.agentId().equals("a3"))
                .filter(owner ->
                        !owner.agentId().equals(cluster.master().orElseThrow().id()))
                .findFirst()
                .orElseThrow();
        cluster.agent(lost.agentId()).orElseThrow().kill();
        cluster.run(Duration.between(cluster.now(), end).plusMillis(500));
        assertThat(cluster.rows().values())
                .as("nobody has settled these")
                .anyMatch(row -> row.owner().equals(lost));
        assertThat(job(cluster, "work").closed()).isFalse();
        heals(cluster, Duration.ofSeconds(25));
        assertThat(job(cluster, "work").closed()).isTrue();
    }
}
