package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.Job;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What agents ask of the store once they have settled. A fire reads nothing; the one read there is follows the writing of
 * the journal, once for every so many entries, and nothing waits for its answer.
 */
@ExtendWith(QuietLogs.class)
class CostOfAFireTest {
    private static final long SEED = 11;
    private static final Duration WINDOW = Duration.ofMinutes(1);
    /** The look at how many agents share the room for journals, and for how many entries there is one at most. */
    private static final String JOURNAL_LOOK = "journal-share";

    private static final int ENTRIES_PER_LOOK = 16;

    @Test
    void agentsThatHaveSettledReadNothingForAFire() {
        CountedStore.Counts counts = new CountedStore.Counts();
        SimCluster cluster = settled(counts, Scenes.every("work", 200, 6), Scenes.every("more", 1_000, 3));
        List<Execution> fires = firesOf(cluster, WINDOW);
        assertThat(fires).hasSizeGreaterThan(300 * 6 + 60 * 3 - 2 * 9);
        for (SimAgent agent : cluster.agents()) {
            Map<String, Integer> reads = new TreeMap<>(counts.reads(session(agent)));
            Map<String, Integer> writes = counts.writes(session(agent));
            System.out.printf(
                    "%s%s: %d fires, reads %s, writes %s%n",
                    agent, isMaster(cluster, agent) ? " (master)" : "", fires.size() / 3, reads, writes);
            Integer looks = reads.remove(JOURNAL_LOOK);
            assertThat(looks == null ? 0 : looks)
                    .isLessThanOrEqualTo(writes.getOrDefault("ledger-flush", 0) / ENTRIES_PER_LOOK);
            if (isMaster(cluster, agent)) {
                // Once a round for each shard that fires more often than rounds come.
                int watched = reads.remove("overdue-ledger");
                assertThat(watched).isBetween(9, 9 * 6);
                // Its housekeeping goes by the clock.
                assertThat(reads.values()).allMatch(count -> count <= 1);
            } else {
                assertThat(reads).as("%s, in seed %d", agent, SEED).isEmpty();
            }
        }
    }

    @Test
    void firesGoOnAlthoughNoReadIsAnswered() {
        CountedStore.Counts counts = new CountedStore.Counts();
        SimCluster cluster = settled(counts, Scenes.every("work", 200, 6));
        counts.answerNoReads();
        List<Execution> fires = firesOf(cluster, WINDOW);
        assertThat(fires).hasSizeGreaterThan(300 * 6 - 2 * 6);
        // And what became of them is durable: nobody owes anything.
        cluster.run(Duration.ofSeconds(10));
        cluster.checkLiveness(cluster.now().minusSeconds(6));
    }

    @Test
    void whatIsFollowedAndHeldDoesNotGrowWithTheJobs() {
        assertThat(followed(100)).isEqualTo(followed(2)).isNotEmpty();
    }

    /** The subtrees that each agent follows in a cluster of so many jobs, and how often it has asked for each. */
    private static Map<String, Map<String, Integer>> followed(int jobs) {
        CountedStore.Counts counts = new CountedStore.Counts();
        List<Job> all = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            all.add(Scenes.every("job" + i, 60_000, 2));
        }
        SimCluster cluster = settled(counts, all.toArray(Job[]::new));
        assertThat(cluster.runUntil(Duration.ofSeconds(60), () -> cluster.rows().size() == 2 * jobs))
                .isTrue();
        Map<String, Map<String, Integer>> followed = new TreeMap<>();
        cluster.agents().forEach(agent -> followed.put(agent.id(), counts.follows(session(agent))));
        return followed;
    }

    private static SimCluster settled(CountedStore.Counts counts, Job... jobs) {
        ClusterOptions options = ClusterOptions.DEFAULT.withStore(store -> new CountedStore(store, counts));
        SimCluster cluster = Scenes.cluster(SEED, options, jobs);
        cluster.run(Duration.ofSeconds(30));
        counts.restart();
        return cluster;
    }

    /** What runs in the next while. */
    private static List<Execution> firesOf(SimCluster cluster, Duration length) {
        int before = cluster.evidence().all().size();
        cluster.run(length);
        List<Execution> all = List.copyOf(cluster.evidence().all());
        return all.subList(before, all.size());
    }

    private static boolean isMaster(SimCluster cluster, SimAgent agent) {
        return cluster.master().filter(agent::equals).isPresent();
    }

    private static long session(SimAgent agent) {
        return agent.agent().session().orElseThrow().id();
    }
}
