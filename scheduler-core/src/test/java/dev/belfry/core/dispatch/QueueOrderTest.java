package dev.belfry.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.core.job.QueueCost;
import dev.belfry.core.job.QueueOrder;
import dev.belfry.core.job.QueueRules;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueOrderTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Rules ordered(QueueOrder order, QueueCost cost) {
        return Rules.USUAL.withQueues(Map.of("default", new QueueRules(order, cost, MINUTE)));
    }

    @Test
    void firstInFirstOutAcrossJobs() {
        Yard yard = new Yard().agent("a", 1).job("x").job("y");
        yard.add("y", "1")
                .pass(Duration.ofMillis(1))
                .add("x", "2")
                .add("y", "3")
                .add("x", "4");
        assertThat(yard.drain()).isEqualTo("1 2 3 4");
    }

    @Test
    void higherPrioritiesGoFirst() {
        Yard yard = new Yard().agent("a", 1).job("x").job("y");
        yard.add("x", 0, "low").add("x", 5, "middle").add("y", 9, "high");
        assertThat(yard.drain()).isEqualTo("high middle low");
    }

    @Test
    void aMinuteOfWaitingIsWorthAPriority() {
        Yard yard = new Yard().agent("a", 1).job("x");
        yard.add("x", 4, "old").pass(MINUTE).add("x", 5, "equal").add("x", 6, "higher");
        assertThat(yard.drain()).isEqualTo("higher old equal");
    }

    @Test
    void nothingIsOvertakenByWhatComesMoreThanTenStepsLater() {
        Yard yard = new Yard().agent("a", 1).job("x");
        yard.add("x", 0, "first").pass(MINUTE.multipliedBy(9)).add("x", 9, "same slot");
        yard.pass(MINUTE).add("x", 9, "later");
        assertThat(yard.drain()).isEqualTo("first same slot later");
    }

    @Test
    void theShortestJobGoesFirstByWhatWasMeasured() {
        Yard yard = new Yard(ordered(QueueOrder.SHORTEST_JOB_FIRST, QueueCost.TIME)).agent("a", 1);
        yard.job("slow")
                .job("quick")
                .job("declared", job -> job.cost(Duration.ofSeconds(5)))
                .job("unknown");
        yard.add("unknown", "u").add("slow", "s").add("declared", "d").add("quick", "q");
        yard.queue.measured("slow", MeasuredDurations.NONE.with(Duration.ofSeconds(60)));
        yard.queue.measured("quick", MeasuredDurations.NONE.with(Duration.ofSeconds(1)));
        assertThat(yard.drain()).isEqualTo("q d s u");
    }

    @Test
    void whatAJobDeclaresCountsUntilFiveAreMeasured() {
        Yard yard = new Yard(ordered(QueueOrder.SHORTEST_JOB_FIRST, QueueCost.TIME)).agent("a", 1);
        yard.job("x", job -> job.cost(Duration.ofSeconds(1))).job("y", job -> job.cost(Duration.ofSeconds(10)));
        MeasuredDurations four = MeasuredDurations.NONE;
        for (int i = 0; i < 4; i++) {
            four = four.with(Duration.ofSeconds(100));
        }
        yard.queue.measured("x", four);
        yard.add("y", "y1").add("x", "x1");
        assertThat(yard.drain()).isEqualTo("x1 y1");
        yard.add("x", "x2").add("y", "y2");
        yard.queue.measured("x", four.with(Duration.ofSeconds(100)));
        assertThat(yard.drain()).isEqualTo("y2 x2");
    }

    @Test
    void theSmallestJobGoesFirstByItsMemory() {
        Yard yard = new Yard(ordered(QueueOrder.SHORTEST_JOB_FIRST, QueueCost.SPACE)).agent("a", 1);
        yard.job("big", job -> job.memory(2_000_000)).job("small", job -> job.memory(1_000_000));
        yard.add("big", "b").add("small", "s");
        assertThat(yard.drain()).isEqualTo("s b");
    }

    @Test
    void theJobWithTheFewestTasksGoesFirst() {
        Yard yard = new Yard(ordered(QueueOrder.LEAST_JOBS_FIRST, QueueCost.TIME)).agent("a", 4);
        yard.job("x").job("y").add("x", "x1", "x2", "x3", "x4").add("y", "y1", "y2");
        assertThat(yard.decide()).containsExactly("x1>a", "y1>a", "x2>a", "y2>a");
        yard.end("x1", "x2");
        assertThat(yard.decide()).containsExactly("x3>a", "x4>a");
    }

    @Test
    void theJobThatWasServedLongestAgoGoesFirst() {
        Yard yard = new Yard(ordered(QueueOrder.LEAST_RECENTLY_SERVED, QueueCost.TIME)).agent("a", 1);
        yard.job("x")
                .job("y")
                .job("z")
                .add("x", "x1", "x2", "x3")
                .add("y", "y1", "y2")
                .add("z", "z1");
        assertThat(yard.drain()).isEqualTo("x1 y1 z1 x2 y2 x3");
    }

    @Test
    void slotsGoBeforeTheOrderOfJobs() {
        Yard yard = new Yard(ordered(QueueOrder.SHORTEST_JOB_FIRST, QueueCost.TIME)).agent("a", 1);
        yard.job("slow", job -> job.cost(Duration.ofHours(1))).job("quick", job -> job.cost(Duration.ofSeconds(1)));
        yard.add("slow", "s").pass(MINUTE).add("quick", "q");
        assertThat(yard.drain()).isEqualTo("s q");
    }

    @Test
    void queuesWithDifferentStepsAreComparedByWhatTheirSlotsStandFor() {
        Rules rules = Rules.USUAL.withQueues(
                Map.of("slow", new QueueRules(QueueOrder.FIFO, QueueCost.TIME, Duration.ofHours(1))));
        Yard yard =
                new Yard(rules).agent("a", 1).job("s", job -> job.queue("slow")).job("d");
        yard.add("d", 5, "d1")
                .add("s", 5, "s1")
                .pass(Duration.ofMinutes(30))
                .add("s", 0, "s2")
                .add("d", 9, "d2");
        assertThat(yard.drain()).isEqualTo("d1 s1 d2 s2");
    }

    @Test
    void aQueueThatIsNotDeclaredFollowsTheRulesOfTheDefault() {
        Yard yard =
                new Yard().agent("a", 1).job("x", job -> job.queue("nowhere")).add("x", "1");
        assertThat(yard.explain("1").queue()).isEqualTo("default");
        assertThat(yard.drain()).isEqualTo("1");
    }

    @Test
    void aTaskInBackOffHoldsUpNothingElseOfItsJob() {
        Yard yard = new Yard().agent("a", 1).job("x");
        QueuedTask failed = yard.task("x", "failed");
        yard.queue.add(failed.notBefore(yard.now.plusSeconds(10)));
        yard.add("x", "next");
        assertThat(yard.drain()).isEqualTo("next");
        assertThat(yard.queue.decide(yard.now, 1).again()).contains(yard.now.plusSeconds(10));
        yard.pass(Duration.ofSeconds(10)).add("x", "newer");
        assertThat(yard.drain()).isEqualTo("failed newer");
    }

    @Test
    void aDelayCountsFromItsEnd() {
        Yard yard = new Yard().agent("a", 1).job("x");
        yard.queue.add(QueuedTask.of(TaskId.of("later", 0), "x", 5, yard.now.plusNanos(1_500_000)));
        assertThat(yard.drain()).isEmpty();
        assertThat(yard.pass(Duration.ofMillis(1)).drain()).isEmpty();
        assertThat(yard.pass(Duration.ofMillis(1)).drain()).isEqualTo("later");
    }

    @Test
    void whatIsTakenOutIsNotDispatchedAndMayBePutBack() {
        Yard yard = new Yard().agent("a", 1).job("x").add("x", "1", "2");
        assertThat(yard.queue.remove(TaskId.of("1", 0))).isTrue();
        assertThat(yard.queue.remove(TaskId.of("1", 0))).isFalse();
        assertThat(yard.decide()).containsExactly("2>a");
        assertThatThrownBy(() -> yard.add("x", "2")).hasMessageContaining("2/0 runs");
        yard.end("2").add("x", "2");
        assertThatThrownBy(() -> yard.add("x", "2")).hasMessageContaining("2/0 is queued already");
        assertThatThrownBy(() -> yard.add("z", "3")).hasMessageContaining("job z is not known");
        assertThat(yard.decide()).containsExactly("2>a");
    }

    @Test
    void aJobIsForgottenOnlyWhenNothingOfItIsLeft() {
        Yard yard = new Yard().agent("a", 1).job("x").add("x", "1");
        assertThat(yard.queue.forgetJob("x")).isFalse();
        yard.decide();
        assertThat(yard.queue.forgetJob("x")).isFalse();
        yard.end("1");
        assertThat(yard.queue.forgetJob("x")).isTrue();
        assertThatThrownBy(() -> yard.add("x", "2")).hasMessageContaining("job x is not known");
    }

    @Test
    void queuedTasksFollowAChangedDefinitionAndChangedRules() {
        Yard yard = new Yard().agent("a", 1).job("x").job("y").add("x", "x1").add("y", "y1");
        yard.job("x", job -> job.handler("none"));
        assertThat(yard.why("x1")).isEqualTo("no agent has room: 1 agent without handler none");
        assertThat(yard.drain()).isEqualTo("y1");
        yard.job("x", job -> job.queue("late")).add("y", 9, "y2");
        yard.queue.rules(Rules.USUAL.withQueues(
                Map.of("late", new QueueRules(QueueOrder.FIFO, QueueCost.TIME, Duration.ofDays(1)))));
        assertThat(yard.explain("x1").queue()).isEqualTo("late");
        assertThat(yard.drain()).isEqualTo("x1 y2");
    }
}
