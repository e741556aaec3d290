package dev.belfry.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.Strategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StrategiesTest {
    private static final int KEYS = 2_000;

    private static Yard yard(Strategy strategy, int agents, int slots) {
        Yard yard = new Yard();
        for (int i = 0; i < agents; i++) {
            yard.agent("a" + i, slots);
        }
        return yard.job("x", job -> job.strategy(strategy));
    }

    /** Dispatches one task and ends it at once; where it went. */
    private static String once(Yard yard, QueuedTask task) {
        yard.queue.add(task);
        List<Dispatch> dispatches = yard.queue.decide(yard.now, 9).dispatches();
        assertThat(dispatches).hasSize(1);
        yard.queue.ended(task.id());
        return dispatches.get(0).agent().agentId();
    }

    private static Map<String, String> places(Yard yard) {
        Map<String, String> places = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            QueuedTask task = yard.task("x", "r" + i).withWhere(Where.ANYWHERE.withKey("key-" + i));
            places.put("key-" + i, once(yard, task));
        }
        return places;
    }

    @Test
    void leastLoadedLevelsTheScarcestResource() {
        Yard yard = new Yard()
                .agent(Yard.facts("cpu", new Capacity(100, 4, 64L << 30), Map.of()))
                .agent(Yard.facts("memory", new Capacity(100, 64, 4L << 30), Map.of()))
                .job("hungry", job -> job.cpu(1))
                .job("fat", job -> job.memory(1L << 30));
        yard.add("hungry", "1", "2").add("fat", "3", "4");
        assertThat(yard.decide()).containsExactly("1>memory", "2>memory", "3>cpu", "4>cpu");
    }

    @Test
    void leastLoadedSpreadsEqualTasksEvenly() {
        Yard yard = yard(Strategy.LEAST_LOADED, 5, 10);
        for (int i = 0; i < 20; i++) {
            yard.add("x", "r" + i);
        }
        Map<String, Integer> counts = new HashMap<>();
        yard.decide().forEach(each -> counts.merge(each.substring(each.indexOf('>') + 1), 1, Integer::sum));
        assertThat(counts).hasSize(5);
        assertThat(counts.values()).containsOnly(4);
    }

    @Test
    void mostUtilisedFillsOneAgentAfterTheOther() {
        Yard yard = yard(Strategy.MOST_UTILISED, 3, 2);
        yard.add("x", "1", "2", "3", "4", "5");
        assertThat(yard.decide()).containsExactly("1>a0", "2>a0", "3>a1", "4>a1", "5>a2");
    }

    @Test
    void failoverTakesTheFirstThatIsThere() {
        Yard yard = yard(Strategy.FAILOVER, 3, 1);
        yard.add("x", "1", "2");
        assertThat(yard.decide()).containsExactly("1>a0", "2>a1");
        yard.queue.agentGone(Incarnation.of("a0", 1));
        yard.end("2");
        assertThat(once(yard, yard.task("x", "3"))).isEqualTo("a1");
    }

    @Test
    void roundRobinGoesRoundAndOverWhoComesAndGoes() {
        Yard yard = yard(Strategy.ROUND_ROBIN, 4, 9);
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            order.add(once(yard, yard.task("x", "r" + i)));
        }
        assertThat(order.subList(0, 4)).containsExactlyInAnyOrder("a0", "a1", "a2", "a3");
        assertThat(order.subList(4, 8)).isEqualTo(order.subList(0, 4));
        while (!once(yard, yard.task("x", "s")).equals("a1")) {
            assertThat(yard.queue.running()).isZero();
        }
        yard.queue.agentGone(Incarnation.of("a2", 1));
        yard.queue.agentGone(Incarnation.of("a1", 1));
        assertThat(once(yard, yard.task("x", "t"))).isEqualTo("a3");
        assertThat(once(yard, yard.task("x", "u"))).isEqualTo("a0");
    }

    @Test
    void roundRobinDoesNotBeginWithTheSameAgentForEveryJob() {
        Yard yard = yard(Strategy.ROUND_ROBIN, 8, 9);
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            yard.job("j" + i, job -> job.strategy(Strategy.ROUND_ROBIN));
            first.add(once(yard, yard.task("j" + i, "r" + i)));
        }
        assertThat(first).hasSizeGreaterThan(4);
    }

    @Test
    void randomIsEvenAndTheSameForTheSameSeed() {
        Map<String, String> one = places(yard(Strategy.RANDOM, 10, 9));
        assertThat(places(yard(Strategy.RANDOM, 10, 9))).isEqualTo(one);
        Yard seeded = yard(Strategy.RANDOM, 10, 9);
        seeded.queue.rules(Rules.USUAL.withSeed(7));
        assertThat(places(seeded)).isNotEqualTo(one);
        assertEven(one, 10);
    }

    @Test
    void consistentHashMovesOnlyTheKeysOfWhoComesOrGoes() {
        Yard yard = yard(Strategy.CONSISTENT_HASH, 10, 9);
        Map<String, String> before = places(yard);
        assertEven(before, 10);
        assertThat(places(yard)).as("the same key, the same agent").isEqualTo(before);
        yard.queue.agentGone(Incarnation.of("a3", 1));
        Map<String, String> without = places(yard);
        before.forEach((key, agent) -> {
            if (!agent.equals("a3")) {
                assertThat(without.get(key)).as(key).isEqualTo(agent);
            }
        });
        yard.agent("a99", 9);
        Map<String, String> with = places(yard);
        without.forEach((key, agent) -> assertThat(with.get(key)).as(key).isIn(agent, "a99"));
        assertEven(with, 10);
    }

    @Test
    void consistentHashWithoutAKeyKeepsAShardWhereItWas() {
        Yard yard = yard(Strategy.CONSISTENT_HASH, 10, 9);
        for (int shard = 0; shard < 20; shard++) {
            String first = once(yard, QueuedTask.of(new TaskId("r1", shard, false), "x", 5, yard.now));
            assertThat(once(yard, QueuedTask.of(new TaskId("r2", shard, false), "x", 5, yard.now)))
                    .isEqualTo(first);
        }
    }

    private static void assertEven(Map<String, String> places, int agents) {
        Map<String, Integer> counts = new HashMap<>();
        places.values().forEach(each -> counts.merge(each, 1, Integer::sum));
        assertThat(counts).hasSize(agents);
        assertThat(counts.values()).allMatch(count -> count > KEYS / agents / 2 && count < KEYS / agents * 2);
    }

    @Test
    void aBroadcastHasATaskForEachAgentThatIsThereAndEachRunsThere() {
        Yard yard = yard(Strategy.BROADCAST, 3, 1);
        yard.agent(Yard.facts("drains", new Capacity(1, 1, 1), Map.of()).withDraining(true));
        Set<String> ids = yard.queue.broadcastTo("x", LabelSelector.ANY);
        assertThat(ids).containsExactly("a0", "a1", "a2");
        assertThat(yard.queue.broadcastTo("x", LabelSelector.of(Map.of("disk", "ssd"))))
                .isEmpty();
        int shard = 0;
        for (String id : ids) {
            yard.queue.add(
                    QueuedTask.of(TaskId.of("b", shard++), "x", 5, yard.now).withWhere(Where.ANYWHERE.onlyOn(id)));
        }
        yard.queue.agentGone(Incarnation.of("a1", 1));
        assertThat(yard.decide()).as("who is gone holds up nobody").containsExactly("b>a0", "b>a2");
        assertThat(yard.agent("a1", 1).decide()).containsExactly("b>a1");
    }

    @Test
    void preferredLabelsComeBeforeTheStrategy() {
        Yard yard = new Yard().agent("a", 9).agent("b", 2, Map.of("disk", "ssd"));
        yard.job("x", job -> job.preferLabel("disk", "ssd").strategy(Strategy.FAILOVER));
        yard.add("x", "1", "2", "3");
        assertThat(yard.decide()).containsExactly("1>b", "2>b", "3>a");
    }

    @Test
    void aRetryAvoidsTheAgentOfTheAttemptBeforeUnlessNoOtherFits() {
        Yard yard = new Yard().agent("a", 9).agent("b", 1, Map.of("disk", "ssd"));
        yard.job("x", job -> job.preferLabel("disk", "ssd"));
        Where where = Where.ANYWHERE.avoiding("b");
        yard.queue.add(yard.task("x", "1").withWhere(where));
        assertThat(yard.decide()).containsExactly("1>a");
        yard.queue.agentGone(Incarnation.of("a", 1));
        yard.queue.add(yard.task("x", "2").withWhere(where));
        assertThat(yard.decide()).containsExactly("2>b");
    }
}
