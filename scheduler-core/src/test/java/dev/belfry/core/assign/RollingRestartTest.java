package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.ShardKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How often a shard changes its agent while all agents are restarted, one after the other. */
class RollingRestartTest {
    private static final int SEEDS = 60;

    /** How an agent ends before it begins anew. */
    private enum Manner {
        /** It hands over. */
        LEAVING,
        /** It is killed. */
        CRASHING,
        /** It announces that it comes back. */
        RESTARTING
    }

    private record Moves(double average, int worst) {}

    /** One job of many shards, many jobs of one, or some of each. */
    private static void jobs(SimulatedMaster master, int shape, Duration grace) {
        int jobs = shape == 0 ? 1 : shape == 1 ? 60 : 12;
        for (int i = 0; i < jobs; i++) {
            int shards = shape == 0 ? 60 : shape == 1 ? 1 : 5;
            master.addJob(JobSpec.of("job" + i, 1, shards, "h").withRejoinGrace(grace));
        }
    }

    private static Moves restartAll(long seed, int agents, int shape, Manner manner) {
        SimulatedMaster master = new SimulatedMaster(seed);
        List<AgentFacts> order = new ArrayList<>(Clusters.agents(agents));
        order.forEach(master::join);
        jobs(master, shape, manner == Manner.RESTARTING ? Duration.ofMinutes(1) : Duration.ZERO);
        master.settle();
        Map<ShardKey, Integer> moves = new TreeMap<>();
        master.owners().keySet().forEach(shard -> moves.put(shard, 0));
        Collections.shuffle(order, new Random(seed));
        long session = 1_000;
        for (AgentFacts agent : order) {
            Incarnation old = agent.incarnation();
            Map<ShardKey, Incarnation> before = master.owners();
            if (manner == Manner.RESTARTING) {
                master.restarting.put(old, master.now);
            }
            if (manner != Manner.CRASHING) {
                master.agents.computeIfPresent(old, (i, facts) -> facts.withDraining(true));
                master.settle();
                before = count(moves, before, master.owners());
            }
            master.lose(old);
            master.leasesEnd();
            master.settle();
            before = count(moves, before, master.owners());
            master.join(Clusters.agent(old.agentId(), ++session));
            master.settle();
            count(moves, before, master.owners());
        }
        return new Moves(
                moves.values().stream().mapToInt(i -> i).average().orElseThrow(),
                Collections.max(moves.values()));
    }

    private static Map<ShardKey, Incarnation> count(
            Map<ShardKey, Integer> moves, Map<ShardKey, Incarnation> before, Map<ShardKey, Incarnation> after) {
        moves.replaceAll((shard, count) -> {
            Incarnation from = before.get(shard);
            Incarnation to = after.get(shard);
            boolean stays = from != null && to != null && from.agentId().equals(to.agentId());
            return stays ? count : count + 1;
        });
        return after;
    }

    @Test
    void measure() {
        for (Manner manner : Manner.values()) {
            for (int agents : new int[] {6, 12, 20}) {
                for (int shape = 0; shape < 3; shape++) {
                    double sum = 0;
                    int worst = 0;
                    for (long seed = 0; seed < SEEDS; seed++) {
                        Moves moves = restartAll(seed, agents, shape, manner);
                        sum += moves.average();
                        worst = Math.max(worst, moves.worst());
                    }
                    System.out.printf("%s agents=%d shape=%d avg=%.2f worst=%d%n", manner, agents, shape, sum / SEEDS, worst);
                }
            }
        }
        assertThat(1).isEqualTo(1);
    }
}
