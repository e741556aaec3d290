package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.ShardKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How level loads are, and how little moves, where no constraint is in the way. */
class MovementTest {
    private static final int SEEDS = 400;

    @Test
    void loadsDifferByAtMostTheLargestShardWeight() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedMaster master = settled(seed, Strategy.BALANCED, true);
            assertThat(gap(master)).as("seed %d", seed).isLessThanOrEqualTo(largest(master) + 1e-6);
        }
    }

    @Test
    void lossOfAnAgentMovesExactlyItsShards() {
        for (Strategy strategy : List.of(Strategy.BALANCED, Strategy.RENDEZVOUS)) {
            for (long seed = 0; seed < SEEDS; seed++) {
                SimulatedMaster master = settled(seed, strategy, true);
                Map<ShardKey, Incarnation> before = master.owners();
                Incarnation lost = any(master, seed);
                master.lose(lost);
                assertThat(Plan.of(master.input()).changes())
                        .as("nothing moves before the lease is over, seed %d", seed)
                        .filteredOn(change -> lost.equals(before.get(change.shard())))
                        .isEmpty();
                master.leasesEnd();
                master.settle();
                assertThat(moved(before, master.owners()))
                        .as("%s, seed %d", strategy, seed)
                        .isEqualTo(before.entrySet().stream()
                                .filter(e -> e.getValue().equals(lost))
                                .map(Map.Entry::getKey)
                                .toList());
                if (strategy == Strategy.BALANCED) {
                    assertThat(gap(master)).as("seed %d", seed).isLessThanOrEqualTo(largest(master) + 1e-6);
                }
            }
        }
    }

    @Test
    void joinMovesAtMostTheCeilingOfAFairShareAndOnlyToTheOneThatJoins() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedMaster master = settled(seed, Strategy.BALANCED, false);
            Map<ShardKey, Incarnation> before = master.owners();
            AgentFacts joiner = Clusters.agent("joiner", 999);
            master.join(joiner);
            master.settle();
            List<ShardKey> moved = moved(before, master.owners());
            int agents = master.agents.size();
            assertThat(moved.size()).as("seed %d", seed).isLessThanOrEqualTo((before.size() + agents - 1) / agents);
            assertThat(moved).allMatch(key -> master.owners().get(key).equals(joiner.incarnation()));
            assertThat(gap(master)).as("seed %d", seed).isLessThanOrEqualTo(1 + 1e-6);
        }
    }

    @Test
    void joinMovesAtMostAFairShareOfWeightAndOneShard() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedMaster master = settled(seed, Strategy.BALANCED, true);
            double total = master.loads().values().stream().mapToDouble(d -> d).sum();
            AgentFacts joiner = Clusters.agent("joiner", 999);
            master.join(joiner);
            Map<ShardKey, Incarnation> before = master.owners();
            master.settle();
            double moved = moved(before, master.owners()).stream()
                    .mapToDouble(key -> master.jobs.get(key.jobUid()).weight())
                    .sum();
            assertThat(moved)
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(total / master.agents.size() + largest(master) + 1e-6);
        }
    }

    @Test
    void rendezvousMovesOnlyToTheOneThatJoins() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedMaster master = settled(seed, Strategy.RENDEZVOUS, false);
            Map<ShardKey, Incarnation> before = master.owners();
            AgentFacts joiner = Clusters.agent("joiner", 999);
            master.join(joiner);
            master.settle();
            assertThat(moved(before, master.owners()))
                    .as("seed %d", seed)
                    .allMatch(key -> master.owners().get(key).equals(joiner.incarnation()));
        }
    }

    @Test
    void drainEmptiesAnAgentByMoves() {
        for (long seed = 0; seed < SEEDS; seed++) {
            SimulatedMaster master = settled(seed, Strategy.values()[(int) (seed % 6)], true);
            Incarnation drained = any(master, seed);
            master.agents.computeIfPresent(drained, (i, facts) -> facts.withDraining(true));
            Plan plan = master.step(true);
            assertThat(plan.changes()).as("seed %d", seed).allMatch(c -> c instanceof Change.Offer);
            master.settle();
            assertThat(master.owners()).as("seed %d", seed).doesNotContainValue(drained);
        }
    }

    @Test
    void aThousandJobsOfOneShardSpreadOverTheAgents() {
        SimulatedMaster master = new SimulatedMaster(1);
        Clusters.agents(10).forEach(master::join);
        for (int i = 0; i < 1000; i++) {
            master.addJob(JobSpec.of("job" + i, 1, 1, "h"));
        }
        master.settle();
        assertThat(master.loads().values()).containsOnly(100.0);
    }

    @Test
    void movesUnderWayStayWithinTheLimit() {
        SimulatedMaster master = new SimulatedMaster(1);
        Clusters.agents(2).forEach(master::join);
        master.addJob(JobSpec.of("big", 1, 100, "h"));
        master.settle();
        master.mostMoves = 7;
        master.join(Clusters.agent("joiner", 999));
        assertThat(master.step(true).changes()).hasSize(7);
        assertThat(master.step(true).changes()).as("while those are under way").isEmpty();
        master.settle();
        assertThat(gap(master)).isLessThanOrEqualTo(1);
    }

    /** Some agents with one handler, and jobs for it. */
    private static SimulatedMaster settled(long seed, Strategy strategy, boolean weighted) {
        Random random = new Random(seed);
        SimulatedMaster master = new SimulatedMaster(seed);
        int agents = 2 + random.nextInt(8);
        List<AgentFacts> list = new ArrayList<>(Clusters.agents(agents));
        Collections.shuffle(list, random);
        list.forEach(master::join);
        int jobs = 1 + random.nextInt(8);
        for (int i = 0; i < jobs; i++) {
            JobSpec job = JobSpec.of("job" + i, 1, 1 + random.nextInt(30), "h").withStrategy(strategy, seed);
            master.addJob(weighted ? job.withWeight(1 + random.nextInt(8) / 2.0) : job);
        }
        master.settle();
        return master;
    }

    private static Incarnation any(SimulatedMaster master, long seed) {
        return new ArrayList<>(master.agents.keySet()).get((int) (seed % master.agents.size()));
    }

    private static double gap(SimulatedMaster master) {
        return Collections.max(master.loads().values())
                - Collections.min(master.loads().values());
    }

    private static double largest(SimulatedMaster master) {
        return master.jobs.values().stream().mapToDouble(JobSpec::weight).max().orElseThrow();
    }

    private static List<ShardKey> moved(Map<ShardKey, Incarnation> before, Map<ShardKey, Incarnation> after) {
        Map<ShardKey, Incarnation> copy = new HashMap<>(before);
        return copy.keySet().stream()
                .filter(key -> !before.get(key).equals(after.get(key)))
                .sorted()
                .collect(Collectors.toList());
    }
}
