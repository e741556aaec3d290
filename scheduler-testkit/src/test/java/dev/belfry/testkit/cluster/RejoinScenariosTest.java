package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Agents that announce that they come back, and what becomes of their shards. */
class RejoinScenariosTest {
    private static final Duration GRACE = Duration.ofSeconds(60);

    private static SimCluster waiting(long seed) {
        SimCluster cluster = cluster(seed, every("work", 1_000, 6).rejoinGrace(GRACE));
        cluster.agent("a1").orElseThrow().leaveToComeBack(Duration.ofSeconds(5));
        cluster.run(Duration.ofSeconds(40));
        return cluster;
    }

    private static long shardsOfTheLeaver(SimCluster cluster) {
        return owners(cluster).values().stream()
                .filter(owner -> owner.agentId().equals("a1"))
                .count();
    }

    @Test
    void shardsGoToOthersWhenTheGraceIsOverAlthoughNothingElseHappens() {
        SimCluster cluster = waiting(1);
        assertThat(shardsOfTheLeaver(cluster)).isEqualTo(2);
        cluster.run(Duration.ofSeconds(30));
        assertThat(shardsOfTheLeaver(cluster)).isZero();
        heals(cluster, Duration.ofSeconds(30));
    }

    @Test
    void agentThatComesBackInTimeHasItsShardsAgain() {
        SimCluster cluster = waiting(2);
        cluster.start("a1");
        cluster.run(Duration.ofSeconds(20));
        assertThat(shardsOfTheLeaver(cluster)).isEqualTo(2);
        heals(cluster, Duration.ofSeconds(30));
    }
}
