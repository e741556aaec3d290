package dev.belfry.core.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetTest {
    private static final Assumptions ONE = Assumptions.of(1, Instant.parse("2026-06-01T00:00:00Z"));

    /** A job of which every shard costs at most 4 writes a second, and 2 more for its starts. */
    private static JobDefinition job(String name, int shards) {
        return Job.named(name).every(Duration.ofSeconds(1)).shards(shards).build();
    }

    private static Budget writes(long limit) {
        return new Budget(Map.of(Quantity.WRITES, limit), 0, "ada", "");
    }

    private static BudgetCheck check(Budget budget, JobDefinition... present) {
        return new BudgetCheck(budget, List.of(present), ONE);
    }

    @Test
    void isReadAsItWasWritten() {
        for (Budget budget : List.of(
                writes(7),
                new Budget(Map.of(Quantity.BYTES, 4L << 20, Quantity.ZNODES, 100_000L), 20, "ada", "half"))) {
            assertThat(Budget.decode(Paths.BUDGET, budget.encode())).isEqualTo(budget);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "{\"v\":2,\"by\":\"ada\"}",
                "{\"v\":1,\"by\":\"ada\",\"znodes\":0}",
                "{\"v\":1,\"by\":\"ada\",\"znodes\":\"many\"}",
                "{\"v\":1,\"by\":\"ada\",\"agents\":-1}",
                "{\"v\":1,\"znodes\":5}"
            })
    void anythingElseIsNamed(String bytes) {
        assertThatThrownBy(() -> Budget.decode(Paths.BUDGET, bytes.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining(Paths.BUDGET);
    }

    @Test
    void whatWouldBreakItIsRefusedWithTheArithmetic() {
        Map<String, String> refused = check(writes(20), job("present", 2)).refusals(List.of(job("new", 3)));
        assertThat(refused).containsOnlyKeys("new");
        assertThat(refused.get("new"))
                .contains("14 writes/s (3 shards x 1 fires/s x 2 ledger writes + ")
                .contains("beside 10 of all others make 24, and 20 are allowed")
                .contains("'belfry budget set' raises it");
    }

    @Test
    void definitionsOfOneApplyAreTakenTogetherInTheirOrder() {
        List<JobDefinition> wanted = List.of(job("a", 2), job("b", 2), job("c", 2), job("d", 1));
        assertThat(check(writes(26)).refusals(wanted)).containsOnlyKeys("c");
        assertThat(check(writes(30)).refusals(wanted)).containsOnlyKeys("d");
        assertThat(check(writes(36)).refusals(wanted)).isEmpty();
    }

    @Test
    void whatIsTakenAwayMakesRoomForTheRestOfTheSameApplyWhateverTheOrder() {
        BudgetCheck check = check(writes(20), job("a", 4));
        assertThat(check.used(Quantity.WRITES)).isEqualTo(18);
        assertThat(check.refusals(List.of(job("b", 2), job("a", 2)))).isEmpty();
        assertThat(check.used(Quantity.WRITES)).isEqualTo(20);
    }

    @Test
    void whatIsAboveItsBudgetGoesOnAndCanBeBroughtDownButNotUp() {
        JobDefinition present = job("a", 10);
        assertThat(check(writes(5), present).refusals(List.of(job("a", 9)))).isEmpty();
        assertThat(check(writes(5), present).refusals(List.of(present))).isEmpty();
        assertThat(check(writes(5), present).refusals(List.of(job("a", 11)))).containsOnlyKeys("a");
        // One that costs no writes is no matter of a budget of writes.
        JobDefinition manual = Job.named("b").manual().build();
        assertThat(check(writes(5), present).refusals(List.of(manual))).isEmpty();
    }

    @Test
    void numberOfAgentsThatItNamesIsReckonedWith() {
        JobDefinition everywhere = Job.named("all")
                .every(Duration.ofSeconds(1))
                .placement(Placement.BROADCAST)
                .build();
        assertThat(check(writes(20)).refusals(List.of(everywhere))).isEmpty();
        Budget forMany = new Budget(Map.of(Quantity.WRITES, 20L), 10, "ada", "");
        assertThat(check(forMany).refusals(List.of(everywhere)).get("all")).contains("10 agents x 1 fires/s");
    }
}
