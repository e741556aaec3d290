package dev.belfry.testkit.cluster;

import static dev.belfry.testkit.cluster.Scenes.cluster;
import static dev.belfry.testkit.cluster.Scenes.every;
import static dev.belfry.testkit.cluster.Scenes.heals;
import static dev.belfry.testkit.cluster.Scenes.owners;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.ownership.Successor;
import dev.belfry.core.ownership.Tenancy;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How little moves (I9): what the one that leaves had, and what levels the loads for the one that comes. */
@ExtendWith(QuietLogs.class)
class MovementScenariosTest {
    private static final Duration KNOWN = Duration.ofSeconds(25);

    private static long moved(Map<ShardKey, Incarnation> before, Map<ShardKey, Incarnation> after) {
        return before.entrySet().stream()
                .filter(row -> !row.getValue().equals(after.get(row.getKey())))
                .count();
    }

    @Test
    void agentThatComesIsGivenTheSurplusOfTheOthersAndNothingElseMoves() {
        SimCluster cluster = cluster(91, every("work", 1_000, 7), every("other", 2_000, 6));
        cluster.run(KNOWN);
        Map<ShardKey, Incarnation> before = owners(cluster);
        cluster.start("a3");
        heals(cluster, Duration.ofSeconds(15));
        // 13 shards on 3 lie as 5, 4, 4; on 4 as 4, 3, 3, 3.
        assertThat(moved(before, owners(cluster))).isEqualTo(3);
        assertThat(cluster.safety().movement().judged()).isEqualTo(3);
    }

    @Test
    void lossOfAnAgentMovesItsShardsAndNoOther() {
        SimCluster cluster = cluster(92, every("work", 1_000, 7), every("other", 2_000, 6));
        cluster.run(KNOWN);
        Map<ShardKey, Incarnation> before = owners(cluster);
        SimAgent lost = cluster.agent("a1").orElseThrow();
        String incarnation = lost.agent().incarnation().orElseThrow();
        lost.kill();
        heals(cluster, Duration.ofSeconds(25));
        Map<ShardKey, Incarnation> after = owners(cluster);
        assertThat(after).hasSize(13);
        before.forEach((shard, owner) -> {
            if (!owner.name().equals(incarnation)) {
                assertThat(after.get(shard)).as("owner of " + shard).isEqualTo(owner);
            }
        });
    }

    @Test
    void offerThatLevelsNothingIsFound() {
        SimCluster cluster = cluster(93, every("work", 1_000, 6));
        cluster.run(KNOWN);
        Map<ShardKey, Tenancy> rows = cluster.rows();
        Map<ShardKey, Tenancy> next = new TreeMap<>(rows);
        ShardKey shard = rows.keySet().iterator().next();
        Tenancy row = rows.get(shard);
        Incarnation other = owners(cluster).values().stream()
                .filter(owner -> !owner.equals(row.owner()))
                .findFirst()
                .orElseThrow();
        next.put(shard, new Tenancy(row.owner(), row.since(), Successor.of(other)));
        Movement movement = cluster.safety().movement();
        long now = cluster.scheduler().nanos();
        assertThatThrownBy(() -> movement.written(rows, next, cluster.safety().jobs(), now))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("I9");
        // Of an owner that is to go it would be right.
        cluster.operator()
                .command(dev.belfry.core.command.Command.Kind.DRAIN, row.owner().agentId());
        cluster.run(Duration.ofSeconds(1));
        movement.written(rows, next, cluster.safety().jobs(), now);
    }
}
