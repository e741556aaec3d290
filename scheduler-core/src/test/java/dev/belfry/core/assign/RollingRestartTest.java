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
    private static final int SEEDS = 15;

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

    /** So many jobs of so many shards each. */
    private record Shape(int jobs, int shards) {}

    private static final List<Shape> SHAPES = List.of(new Shape(1, 60), new Shape(60, 1), new Shape(12, 5));

    private static void jobs(SimulatedMaster master, Shape shape, Duration grace) {
        for (int i = 0; i < shape.jobs(); i++) {
            master.addJob(JobSpec.of("job" + i, 1, shape.shards(), "h").withRejoinGrace(grace));
        }
    }

    private static Moves restartAll(long seed, int agents, Shape shape, Manner manner) {
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
                moves.values().stream().mapToInt(i -> i).average().orElseThrow(), Collections.max(moves.values()));
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

    /** For each manner, number of agents and shape, over all seeds. */
    private static void each(Manner manner, java.util.function.Consumer<Moves> check) {
        for (int agents : new int[] {2, 6, 12, 20}) {
            for (Shape shape : SHAPES) {
                for (long seed = 0; seed < SEEDS; seed++) {
                    Moves moves = restartAll(seed, agents, shape, manner);
                    try {
                        check.accept(moves);
                    } catch (AssertionError e) {
                        throw new AssertionError(
                                manner + ", " + agents + " agents, " + shape + ", seed " + seed + ": " + e.getMessage(),
                                e);
                    }
                }
            }
        }
    }

    @Test
    void shardGoesAwayWithItsAgentAndComesBackWithItAndDoesNotMoveOtherwise() {
        for (Manner manner : List.of(Manner.LEAVING, Manner.CRASHING)) {
            each(manner, moves -> assertThat(moves).isEqualTo(new Moves(2.0, 2)));
        }
    }

    @Test
    void nothingMovesThatWaitsForItsAgent() {
        each(Manner.RESTARTING, moves -> assertThat(moves).isEqualTo(new Moves(0.0, 0)));
    }

    @Test
    void whereSharesAreUnevenShardsStillMoveTwiceAtMostOnAverageAndNeverMoreThanFourTimes() {
        Random random = new Random(5);
        double sum = 0;
        int worst = 0;
        int runs = 300;
        for (long seed = 0; seed < runs; seed++) {
            int agents = 2 + random.nextInt(19);
            Shape shape = new Shape(1 + random.nextInt(20), 1 + random.nextInt(12));
            Moves moves = restartAll(seed, agents, shape, random.nextBoolean() ? Manner.LEAVING : Manner.CRASHING);
            sum += moves.average();
            worst = Math.max(worst, moves.worst());
        }
        assertThat(sum / runs).isLessThanOrEqualTo(2.0);
        assertThat(worst).isLessThanOrEqualTo(4);
    }
}
