package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What {@code spread: host} promises: of the hosts that are there each has at most its part of the shards, rounded up. */
class SpreadTest {

    private static AgentFacts on(String host, String id, long session) {
        return new AgentFacts(
                Incarnation.of(id, session),
                host,
                1,
                Optional.empty(),
                Set.of("h"),
                Map.of(),
                Optional.empty(),
                new Capacity(10, 2, 1L << 30),
                false,
                Duration.ofSeconds(15),
                1,
                1,
                "2026a",
                Clusters.START.plusSeconds(session),
                false);
    }

    private static SimulatedMaster fourShards(AgentFacts... agents) {
        SimulatedMaster master = new SimulatedMaster(1);
        for (AgentFacts agent : agents) {
            master.join(agent);
        }
        master.addJob(JobSpec.of("job", 1, 4, "h").withSpread(Spread.HOST));
        master.settle();
        return master;
    }

    private static Map<String, Integer> byHost(SimulatedMaster master) {
        Map<String, Integer> hosts = new TreeMap<>();
        master.owners().values().forEach(owner -> hosts.merge(host(master, owner), 1, Integer::sum));
        return hosts;
    }

    private static String host(SimulatedMaster master, Incarnation owner) {
        AgentFacts agent = master.agents.get(owner);
        return agent == null ? "" : agent.host();
    }

    @Test
    void hostWithSeveralAgentsHasNoMoreThanItsPart() {
        SimulatedMaster master =
                fourShards(on("h1", "a", 1), on("h1", "b", 2), on("h1", "c", 3), on("h1", "d", 4), on("h2", "e", 5));
        assertThat(byHost(master)).isEqualTo(Map.of("h1", 2, "h2", 2));
    }

    @Test
    void onlyHostHasAllOfThemUntilAnotherIsThere() {
        SimulatedMaster master = fourShards(on("h1", "a", 1), on("h1", "b", 2), on("h1", "c", 3));
        assertThat(byHost(master)).isEqualTo(Map.of("h1", 4));
        master.join(on("h2", "d", 4));
        master.settle();
        assertThat(byHost(master)).isEqualTo(Map.of("h1", 2, "h2", 2));
        master.lose(Incarnation.of("d", 4));
        master.leasesEnd();
        master.settle();
        assertThat(byHost(master)).as("rather together than not at all").isEqualTo(Map.of("h1", 4));
    }

    @Test
    void partIsRoundedUp() {
        SimulatedMaster master = fourShards(on("h1", "a", 1), on("h2", "b", 2), on("h3", "c", 3));
        assertThat(byHost(master).values()).containsExactlyInAnyOrder(2, 1, 1);
    }

    @Test
    void hostsThatMayNotHaveTheJobDoNotCount() {
        AgentFacts drained = on("h2", "b", 2).withDraining(true);
        assertThat(byHost(fourShards(on("h1", "a", 1), drained))).isEqualTo(Map.of("h1", 4));
    }
}
