package dev.belfry.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.agent.Capacity;
import dev.belfry.core.job.QueueCost;
import dev.belfry.core.job.QueueOrder;
import dev.belfry.core.job.QueueRules;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Prints how long decisions take over 100,000 tasks of 10,000 jobs, and what they weigh. Only what is decided is asserted. */
class DispatchSpeedTest {
    private static final int JOBS = 10_000;
    private static final int TASKS = 100_000;
    private static final int AGENTS = 100;

    @Test
    void aHundredThousandTasksOfTenThousandJobs() {
        for (QueueOrder order : QueueOrder.values()) {
            measure(order, false);
        }
        measure(QueueOrder.FIFO, true);
    }

    private static void measure(QueueOrder order, boolean blocked) {
        Rules rules =
                Rules.USUAL.withQueues(Map.of("default", new QueueRules(order, QueueCost.TIME, Duration.ofMinutes(1))));
        long before = used();
        Yard yard = new Yard(rules);
        for (int i = 0; i < AGENTS; i++) {
            yard.agent(Yard.facts("a" + i, new Capacity(100, 8, 1L << 33), Map.of()));
        }
        for (int i = 0; i < JOBS; i++) {
            int handler = i;
            boolean stuck = blocked && i % 10 != 0;
            yard.job(
                    "j" + i,
                    job -> stuck ? job.concurrency(1).requireLabel("rack", "r" + handler % 50) : job.concurrency(5));
        }
        Instant base = yard.now;
        long start = cpu();
        for (int i = 0; i < TASKS; i++) {
            Instant since = base.minusMillis(3_600_000L - i * 36L);
            yard.queue.add(QueuedTask.of(TaskId.of("run-" + i, 0), "j" + i % JOBS, i % 10, since)
                    .withNumber(i));
        }
        long added = cpu() - start;
        long weight = used() - before;
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            yard.pass(Duration.ofSeconds(1));
            start = cpu();
            List<Dispatch> made = yard.queue.decide(yard.now, 500).dispatches();
            times.add(cpu() - start);
            assertThat(made).hasSize(500);
            made.forEach(each -> yard.queue.ended(each.task().id()));
        }
        assertThat(yard.queue.size()).isEqualTo(TASKS - 20 * 500);
        start = cpu();
        assertThat(yard.queue.explain(TaskId.of("run-99991", 0), yard.now)).isPresent();
        long explained = cpu() - start;
        times.sort(null);
        System.out.printf(
                "%s%s: %,d tasks added in %,d ms, %,d MB; 500 dispatched: median %,d us, worst %,d us; explained in %,d us%n",
                order,
                blocked ? ", nine of ten jobs without an agent" : "",
                TASKS,
                added / 1_000_000,
                weight >> 20,
                times.get(times.size() / 2) / 1_000,
                times.get(times.size() - 1) / 1_000,
                explained / 1_000);
    }

    /** Of this thread alone, so that what else runs on the machine does not count. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
