package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.record.Paths;
import dev.belfry.core.shard.ShardRef;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An ensemble that comes back without its last transactions while agents and masters live. What was acknowledged in them is
 * gone; no token is handed out twice all the same, and the cluster fires again, each shard in one place.
 */
@ExtendWith(QuietLogs.class)
class LostTransactionsTest {
    private static final int SEEDS = 120;
    private static final Duration HEALS = Duration.ofSeconds(40);
    private static final Duration CALM = Duration.ofSeconds(20);
    private static final List<String> JOBS = List.of("often", "once", "all");

    @Test
    void noTokenIsHandedOutTwiceAndTheClusterFiresAgain() {
        int changed = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimCluster cluster = new SimCluster(seed, ClusterOptions.DEFAULT);
            changed += live(cluster, new SplittableRandom(seed)) ? 1 : 0;
            assertNoTokenTwice(seed, cluster);
            assertCalm(seed, cluster);
        }
        assertThat(changed).as("seeds in which a row of the table was lost").isGreaterThan(SEEDS / 10);
    }

    /** Whether the loss took the table back. */
    private static boolean live(SimCluster cluster, SplittableRandom random) {
        List.of("a0", "a1", "a2", "a3").forEach(cluster::start);
        cluster.run(Duration.ofSeconds(1));
        cluster.operator().apply(Scenes.every("often", 1_000, 5).build());
        cluster.operator()
                .apply(Scenes.every("once", 2_000, 2).recovery(Recovery.SKIP).build());
        cluster.operator()
                .apply(Job.named("all")
                        .handler(SimCluster.HANDLER)
                        .every(Duration.ofSeconds(2))
                        .placement(Placement.BROADCAST)
                        .parameter(SimCluster.PERIOD, "2000")
                        .build());
        cluster.run(Duration.ofSeconds(12));
        change(cluster, random);
        cluster.run(Duration.ofMillis(random.nextInt(12_000)));
        cluster.ensemble().killAll();
        cluster.run(Duration.ofMillis(random.nextInt(3_000)));
        cluster.safety().end();
        byte[] before = table(cluster);
        cluster.ensemble().startAllWithout(random.nextInt(4) == 0 ? random.nextInt(400) : random.nextInt(40));
        boolean changed = !Arrays.equals(before, table(cluster));
        cluster.run(HEALS.plus(CALM));
        return changed;
    }

    private static void change(SimCluster cluster, SplittableRandom random) {
        switch (random.nextInt(6)) {
            case 0 -> new Fault.KillMaster(Duration.ofSeconds(3)).inflict(cluster);
            case 1 -> cluster.start("a4");
            case 2 -> new Fault.Kill("a0", Duration.ofSeconds(3)).inflict(cluster);
            case 3 -> cluster.operator().command(Command.Kind.DRAIN, "a1");
            case 4 -> cluster.operator().apply(Scenes.every("often", 1_500, 4).build());
            default -> new Fault.Expire("a2").inflict(cluster);
        }
    }

    private static byte[] table(SimCluster cluster) {
        return cluster.ensemble()
                .peek(Paths.ASSIGNMENTS)
                .map(znode -> znode.data())
                .orElse(new byte[0]);
    }

    private static void assertNoTokenTwice(long seed, SimCluster cluster) {
        Map<ShardRef, Set<Long>> tokens = new HashMap<>();
        for (Execution execution : cluster.evidence().all()) {
            assertThat(tokens.computeIfAbsent(execution.shard(), shard -> new HashSet<>())
                            .add(execution.token()))
                    .as("seed %d: the token of %s is new", seed, execution)
                    .isTrue();
        }
    }

    /** At the end every job that is still known fires, and no shard in two places. */
    private static void assertCalm(long seed, SimCluster cluster) {
        long from = cluster.scheduler().nanos() - CALM.toNanos();
        Map<ShardRef, Execution> last = new HashMap<>();
        Map<String, Integer> starts = new HashMap<>();
        for (Execution execution : cluster.evidence().all()) {
            Execution before = last.put(execution.shard(), execution);
            if (execution.start() < from) {
                continue;
            }
            String uid = execution.shard().jobUid();
            starts.merge(uid.substring(0, uid.indexOf('~')), 1, Integer::sum);
            assertThat(before == null || before.end() <= execution.start())
                    .as("seed %d: %s and %s one after the other", seed, before, execution)
                    .isTrue();
        }
        for (String job : JOBS) {
            if (cluster.ensemble().peek(Paths.job(job)).isPresent()) {
                assertThat(starts.getOrDefault(job, 0))
                        .as("seed %d: starts of %s in the last 20 s", seed, job)
                        .isGreaterThan(15);
            }
        }
    }
}
