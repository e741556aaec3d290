package dev.belfry.bench.pure;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.assign.JobSpec;
import dev.belfry.core.assign.Plan;
import dev.belfry.core.assign.PlanInput;
import dev.belfry.core.ownership.AssignmentTable;
import dev.belfry.core.ownership.Generation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long a plan takes after one agent is lost. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-Xmx2g")
public class PlanBenchmark {

    /** Jobs × shards of each × agents. */
    @Param({"100x1000x100", "100000x1x100", "1000x1000x1000"})
    public String size = "";

    private PlanInput afterLoss = PlanInput.of(List.of(), List.of(), AssignmentTable.empty());

    /** Places everything once, then takes one agent away. */
    @Setup
    public void place() {
        String[] sizes = size.split("x", -1);
        int jobs = Integer.parseInt(sizes[0]);
        int shards = Integer.parseInt(sizes[1]);
        int agents = Integer.parseInt(sizes[2]);
        List<JobSpec> specs = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            specs.add(JobSpec.of("job-" + i + "~00000000", 1, shards, "work"));
        }
        List<AgentFacts> live = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            live.add(new AgentFacts(
                    Incarnation.of("agent-" + i, 100 + i),
                    "host-" + i,
                    1,
                    Optional.empty(),
                    Set.of("work"),
                    Map.of(),
                    Optional.empty(),
                    new Capacity(8, 8, 1L << 33),
                    false,
                    Duration.ofSeconds(10),
                    1,
                    1,
                    "2026a",
                    Instant.EPOCH,
                    false));
        }
        AssignmentTable table = AssignmentTable.empty();
        Plan plan = Plan.of(PlanInput.of(specs, live, table));
        table = plan.apply(table, Generation.of(1, 1)).table();
        Incarnation lost = live.remove(0).incarnation();
        afterLoss = PlanInput.of(specs, live, table).withReplaceable(Set.of(lost));
    }

    @Benchmark
    public Plan afterLoss() {
        return Plan.of(afterLoss);
    }
}
