package dev.belfry.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.LabelSelector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EstimateTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void theStartIsWhenTheWorkBeforeItIsDone() {
        Yard yard = new Yard().agent("a", 2).job("x", job -> job.cost(MINUTE));
        yard.add("x", "1", "2", "3", "4", "5");
        assertThat(yard.decide()).hasSize(2);
        yard.pass(Duration.ofSeconds(30));
        assertThat(yard.explain("3").expectedStart()).contains(yard.now.plusSeconds(30));
        assertThat(yard.explain("5").expectedStart()).contains(yard.now.plusSeconds(90));
        assertThat(yard.explain("5").position()).isEqualTo(3);
        assertThat(yard.explain("5").aheadInJob()).isEqualTo(2);
    }

    @Test
    void itIsNotToldIfADurationIsUnknown() {
        Yard yard = new Yard().agent("a", 1).job("x", job -> job.cost(MINUTE)).job("y");
        yard.add("y", "1").decide();
        yard.add("x", "2");
        assertThat(yard.explain("2").expectedStart()).isEmpty();
        yard.queue.measured("y", MeasuredDurations.NONE.with(MINUTE));
        assertThat(yard.explain("2").expectedStart()).isPresent();
    }

    @Test
    void aLimitOfTheJobCountsItsOwnTasks() {
        Yard yard = new Yard().agent("a", 10).job("x", job -> job.cost(MINUTE).concurrency(1));
        yard.add("x", "1", "2", "3").decide();
        assertThat(yard.explain("2").expectedStart()).contains(yard.now.plus(MINUTE));
        assertThat(yard.explain("3").expectedStart()).contains(yard.now.plus(MINUTE.multipliedBy(2)));
    }

    @Test
    void aPoolCountsTheTasksThatUseIt() {
        Yard yard = new Yard(Rules.USUAL.withPools(Map.of("db", 1, "shut", 0)))
                .agent("a", 10)
                .job("x", job -> job.cost(MINUTE).pool("db"))
                .job("y", job -> job.cost(MINUTE).pool("db"))
                .job("z", job -> job.cost(MINUTE).pool("shut"));
        yard.add("x", "1").decide();
        yard.add("y", "2", "3").add("z", "4");
        assertThat(yard.explain("3").expectedStart()).contains(yard.now.plus(MINUTE.multipliedBy(2)));
        assertThat(yard.explain("4").expectedStart()).isEmpty();
    }

    @Test
    void whatIsAheadCountsByOrderAlone() {
        Yard yard = new Yard().agent("a", 1).job("x").job("y");
        yard.add("x", "1", "2").add("y", 9, "urgent").add("y", 0, "low");
        assertThat(yard.explain("urgent").position()).isEqualTo(1);
        assertThat(yard.explain("2").position()).isEqualTo(3);
        assertThat(yard.explain("low").position()).isEqualTo(4);
        assertThat(yard.explain("low").aheadInJob()).isEqualTo(1);
        assertThat(yard.queue.explain(TaskId.of("none", 0), yard.now)).isEmpty();
    }

    @Test
    void theCapacityThatIsWantedIsThatOfWhatWaitsOnlyForRoom() {
        Yard yard = new Yard(Rules.USUAL.withPools(Map.of("db", 3))).agent("a", 1);
        yard.job("fill")
                .job("plain", job -> job.cpu(0.5).memory(100))
                .job("gpu", job -> job.requireLabel("gpu", "yes").slots(2))
                .job("limited", job -> job.concurrency(2))
                .job("pooled", job -> job.pool("db"))
                .job("other", job -> job.pool("db"))
                .job("paused");
        yard.queue.job(Yard.terms("paused", job -> job).withPaused(true));
        yard.add("fill", "f").decide();
        assertThat(yard.queue.wanted(yard.now)).isEmpty();
        yard.add("plain", "p1", "p2")
                .add("gpu", "g1", "g2", "g3")
                .add("limited", "l1", "l2", "l3")
                .add("pooled", "d1", "d2")
                .add("other", "o1", "o2")
                .add("paused", "z");
        assertThat(yard.decide()).isEmpty();
        assertThat(yard.queue.wanted(yard.now))
                .isEqualTo(List.of(
                        new WantedCapacity(LabelSelector.of(Map.of("gpu", "yes")), 3, new Needs(6, 0, 0)),
                        new WantedCapacity(LabelSelector.ANY, 2 + 2 + 3, new Needs(7, 1_000, 200))));
    }
}
