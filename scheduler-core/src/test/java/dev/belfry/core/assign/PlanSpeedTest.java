package dev.belfry.core.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Prints how long a plan takes after one agent's loss. Speed is reported, not asserted; what is planned is asserted. */
class PlanSpeedTest {
    @Test
    void lossOfOneAgentOfAHundred() {
        measure(100, 100, 1000);
        measure(100, 100_000, 1);
    }

    @Test
    void lossOfOneAgentOfAThousand() {
        if (Boolean.getBoolean("belfry.speed.large")) {
            measure(1000, 1000, 1000);
        }
    }

    private static void measure(int agentCount, int jobCount, int shards) {
        List<AgentFacts> agents = Clusters.agents(agentCount);
        List<JobSpec> jobs = new ArrayList<>();
        for (int i = 0; i < jobCount; i++) {
            jobs.add(JobSpec.of(String.format("job-%06d", i), 1, shards, "h"));
        }
        long start = System.nanoTime();
        Plan first = Plan.of(PlanInput.of(jobs, agents, AssignmentTable.empty()));
        long initial = System.nanoTime() - start;
        AssignmentTable table =
                first.apply(AssignmentTable.empty(), Generation.of(1, 1)).table();
        Incarnation lost = agents.get(agentCount / 2).incarnation();
        List<AgentFacts> left =
                agents.stream().filter(a -> !a.incarnation().equals(lost)).toList();
        List<Long> times = new ArrayList<>();
        Plan plan = first;
        long apply = 0;
        for (int i = 0; i < 15; i++) {
            start = System.nanoTime();
            plan = Plan.of(PlanInput.of(jobs, left, table).withReplaceable(Set.of(lost)));
            times.add(System.nanoTime() - start);
            start = System.nanoTime();
            Plan.Applied applied = plan.apply(table, Generation.of(1, 2));
            apply = System.nanoTime() - start;
            assertThat(applied.table().size()).isEqualTo((long) jobCount * shards);
        }
        assertThat(plan.changes()).hasSize(jobCount * shards / agentCount);
        times.sort(null);
        System.out.printf(
                "plan of %,d jobs x %,d shards on %,d agents: first %,d ms; after a loss: median %,d ms, worst %,d ms;"
                        + " apply %,d ms%n",
                jobCount,
                shards,
                agentCount,
                initial / 1_000_000,
                times.get(times.size() / 2) / 1_000_000,
                times.get(times.size() - 1) / 1_000_000,
                apply / 1_000_000);
    }
}
