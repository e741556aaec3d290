package dev.belfry.faults.witness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicksTest {
    private static final Life LIFE = new Life("a", Path.of("none"));
    private static final long ZERO = 5_000;

    private final List<Execution> executions = new ArrayList<>();

    private void ran(int shard, long due, long lateMillis, long token) {
        Execution.Key key = new Execution.Key("load", Integer.toString(shard), due, token);
        Execution execution = new Execution(LIFE, key, ZERO + (due + lateMillis) * 1_000_000, true, 0);
        execution.ended(execution.start() + 1, Execution.End.OK);
        executions.add(execution);
    }

    private Ticks ticks() {
        return new Ticks(executions, "load", 2, Duration.ofMillis(100), ZERO);
    }

    @Test
    void everyInstantThatNobodyRanIsNamed() {
        for (long due = 1_000; due < 2_000; due += 100) {
            ran(0, due, 1, due);
            if (due != 1_500) {
                ran(1, due, 1, due);
            }
        }
        assertThat(ticks().missing(1_000, 2_000, 5))
                .containsExactly("shard 1 due 1970-01-01T00:00:01.500Z has not run");
        assertThat(ticks().missing(1_501, 2_000, 5)).isEmpty();
        assertThat(ticks().missing(1_000, 2_301, 5)).hasSize(5);
        assertThat(ticks().missing(1_950, 2_001, 9))
                .containsExactly(
                        "shard 0 due 1970-01-01T00:00:02Z has not run", "shard 1 due 1970-01-01T00:00:02Z has not run");
    }

    @Test
    void aShardThatNeverRanIsMissingThoughItHasNoInstantToCountFrom() {
        ran(0, 1_000, 1, 1);
        assertThat(ticks().missing(1_000, 1_100, 5)).containsExactly("shard 1 has never run");
    }

    @Test
    void anAttemptThatDidNotEndDoesNotCount() {
        ran(0, 1_000, 1, 1);
        ran(1, 1_000, 1, 1);
        executions.add(new Execution(LIFE, new Execution.Key("load", "0", 1_100, 2), ZERO, true, 0));
        assertThat(ticks().missing(1_000, 1_101, 5)).hasSize(2);
    }

    @Test
    void theFirstOfTwoAttemptsSaysHowLateAFireWasAndTheSecondIsCounted() {
        ran(0, 1_000, 250, 2);
        ran(0, 1_000, 10, 1);
        ran(0, 1_100, 101, 3);
        assertThat(ticks().twice()).isOne();
        Spread spread = ticks().lateness(due -> true);
        assertThat(spread.nanos()).containsExactly(10_000_000L, 101_000_000L);
        assertThat(spread.over(100)).isOne();
        assertThat(spread.shareOver(100)).isEqualTo(0.5);
        assertThat(ticks().lateness(due -> due < 1_100).over(100)).isZero();
        assertThat(ticks().lateness(due -> false).shareOver(100)).isZero();
    }
}
