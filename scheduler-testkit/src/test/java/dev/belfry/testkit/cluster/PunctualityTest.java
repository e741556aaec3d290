package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the simulation holds against an owner that nothing hindered, and what it cannot. */
@ExtendWith(QuietLogs.class)
class PunctualityTest {

    @Test
    void ownerWhoseClockIsALittleAheadMaySkipAFireForOneThatEndsBeforeItIsTrulyDue() {
        SimCluster cluster = cluster(21, every("work", 1_000, 1));
        ShardKey shard = owners(cluster).keySet().iterator().next();
        SimAgent owner = cluster.agent(owners(cluster).get(shard).agentId()).orElseThrow();
        owner.process().clock().step(Duration.ofMillis(50));
        cluster.run(Duration.ofSeconds(10));
        // It comes 50 ms early by true time, and is over before the next is truly due.
        cluster.behave((task, random) -> Behaviour.Act.lasting(Duration.ofMillis(1_010)));
        cluster.run(Duration.ofSeconds(10));
        assertThat(cluster.safety().journal().finals(ShardId.of(shard)))
                .filteredOn(line -> line.outcome() == Outcome.SKIPPED)
                .hasSizeGreaterThan(2)
                .allMatch(line -> line.reason().equals(Reasons.OVERLAP));
        heals(cluster, Duration.ofSeconds(15));
    }
}
