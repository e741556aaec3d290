package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.ownership.Buckets;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.record.Paths;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Rows of the table are lost in the middle of all that {@link Scenario} draws: the master is killed and a bucket damaged
 * that its successor has never read.
 *
 * <p>{@code -Dbelfry.lostRows=3000} runs so many seeds, {@code -Dbelfry.firstSeed=135} begins there.
 */
@ExtendWith(QuietLogs.class)
class LostRowsTest {
    private static final Duration FROM = Duration.ofSeconds(10);
    private static final Duration WITHIN = Duration.ofSeconds(34);

    @Test
    void clustersWhoseRowsAreLostInTroubleKeepEveryInvariantAndHeal() {
        int seeds = Integer.getInteger("belfry.lostRows", 40);
        long first = Long.getLong("belfry.firstSeed", 1);
        TreeMap<Long, String> broken = new TreeMap<>();
        int emptied = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                emptied += run(seed);
            } catch (RuntimeException | AssertionError e) {
                broken.put(seed, e.toString());
            }
        }
        System.out.println(emptied + " times rows were lost in " + seeds + " seeds from " + first);
        assertThat(broken).isEmpty();
        assertThat(emptied).as("how often rows were lost").isPositive();
    }

    /** Returns how often a bucket was emptied. */
    private static int run(long seed) {
        SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
        SplittableRandom random = new SplittableRandom(seed ^ 0x10577);
        for (int i = 0; i < 2; i++) {
            long at = FROM.toNanos() + random.nextLong(WITHIN.toNanos());
            Duration down = Duration.ofMillis(random.nextLong(500, 8_000));
            double which = random.nextDouble();
            cluster.scheduler().at(at, "damage", () -> damage(cluster, which, down));
        }
        Scenario.of(seed).run(cluster);
        return (int) cluster.ensemble().faults().count("table-repair").applied();
    }

    private static void damage(SimCluster cluster, double which, Duration down) {
        List<ShardKey> shards = List.copyOf(cluster.rows().keySet());
        if (shards.isEmpty()) {
            return;
        }
        String bucket = Paths.assignments(Buckets.of(shards.get((int) (which * shards.size()))));
        byte[] damage = "not a table".getBytes(StandardCharsets.US_ASCII);
        new Fault.KillMaster(down).inflict(cluster);
        Rogue.commit(cluster, transaction -> transaction.put(bucket, damage, -1));
    }
}
