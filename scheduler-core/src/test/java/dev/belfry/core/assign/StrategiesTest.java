package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.ownership.AssignmentTable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where the computed strategies put the shards of one job. */
class StrategiesTest {
    @Test
    void averageGivesContiguousBlocksAndTheRemainderToTheFirst() {
        assertThat(places("job", 8, Strategy.AVERAGE, 3)).isEqualTo("00011122");
        assertThat(places("job", 2, Strategy.AVERAGE, 3)).isEqualTo("01");
    }

    @Test
    void roundRobinGoesRoundFromAPlaceThatDependsOnTheJob() {
        Set<Character> starts = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            String places = places("job" + i, 6, Strategy.ROUND_ROBIN, 3);
            assertThat("012012012").contains(places);
            starts.add(places.charAt(0));
        }
        assertThat(starts).containsExactlyInAnyOrder('0', '1', '2');
    }

    @Test
    void oddEvenGoesUpForSomeJobsAndDownForOthers() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            seen.add(places("job" + i, 4, Strategy.ODD_EVEN, 3));
        }
        assertThat(seen).containsExactlyInAnyOrder("0012", "2210");
    }

    @Test
    void rendezvousAndRandomUseAllAgents() {
        for (Strategy strategy : List.of(Strategy.RENDEZVOUS, Strategy.RANDOM)) {
            String places = places("job", 300, strategy, 3);
            for (char agent : new char[] {'0', '1', '2'}) {
                assertThat(places.chars().filter(c -> c == agent).count()).isBetween(60L, 140L);
            }
        }
    }

    @Test
    void randomDependsOnTheSeed() {
        assertThat(places(JobSpec.of("job", 1, 50, "h").withStrategy(Strategy.RANDOM, 1), 3))
                .isNotEqualTo(places(JobSpec.of("job", 1, 50, "h").withStrategy(Strategy.RANDOM, 2), 3));
    }

    private static String places(String uid, int shards, Strategy strategy, int agents) {
        return places(JobSpec.of(uid, 1, shards, "h").withStrategy(strategy, 7), agents);
    }

    private static String places(JobSpec job, int agents) {
        Plan plan = Plan.of(PlanInput.of(List.of(job), Clusters.agents(agents), AssignmentTable.empty()));
        List<String> places = new ArrayList<>();
        plan.changes()
                .forEach(change ->
                        places.add(((Change.Grant) change).to().agentId().substring("agent-000".length())));
        return String.join("", places);
    }
}
