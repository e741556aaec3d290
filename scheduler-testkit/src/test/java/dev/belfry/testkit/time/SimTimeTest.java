package dev.belfry.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Virtual time, clocks and processes. */
class SimTimeTest {
    private static final long SECOND = 1_000_000_000L;

    private final SimScheduler scheduler = new SimScheduler(1);
    private final List<String> ran = new ArrayList<>();

    private Runnable note(String what) {
        return () -> ran.add(what + "@" + scheduler.nanos());
    }

    @Test
    void eventsRunInOrderOfTimeAndThenOfTheirMaking() {
        scheduler.at(20, "e", note("c"));
        scheduler.at(10, "e", note("a"));
        scheduler.at(10, "e", note("b"));
        scheduler.at(5, "e", note("never")).cancel();
        while (scheduler.step()) {}
        assertThat(ran).containsExactly("a@10", "b@10", "c@20");
        assertThat(scheduler.executed()).isEqualTo(3);
    }

    @Test
    void runUntilRunsWhatIsDueAndMovesTheTime() {
        scheduler.at(10, "e", note("a"));
        scheduler.at(11, "e", note("b"));
        scheduler.runUntil(10);
        assertThat(ran).containsExactly("a@10");
        scheduler.runUntil(100);
        assertThat(scheduler.nanos()).isEqualTo(100);
        scheduler.at(50, "e", note("late"));
        scheduler.step();
        assertThat(ran).last().isEqualTo("late@100");
    }

    @Test
    void hashOfTheLogTellsOrderTimeAndLabelApart() {
        assertThat(hash("a", 1, "b", 2)).isEqualTo(hash("a", 1, "b", 2));
        assertThat(hash("a", 1, "b", 2)).isNotEqualTo(hash("b", 1, "a", 2));
        assertThat(hash("a", 1, "b", 2)).isNotEqualTo(hash("a", 1, "b", 3));
    }

    private static long hash(String first, long firstAt, String second, long secondAt) {
        SimScheduler scheduler = new SimScheduler(1);
        scheduler.at(firstAt, first, () -> {});
        scheduler.at(secondAt, second, () -> {});
        scheduler.runUntil(10);
        return scheduler.logHash();
    }

    @Test
    void logSeesEveryEventAndNote() {
        List<String> log = new ArrayList<>();
        scheduler.log((nanos, label, detail) -> log.add(nanos + " " + label + " " + detail));
        scheduler.at(3, "e", () -> scheduler.note("n", 7));
        scheduler.step();
        assertThat(log).containsExactly("3 e 0", "3 n 7");
    }

    @Test
    void wallClockStepsAndDriftsWhileTheMonotonicOneRunsOn() {
        SimClock clock = new SimClock(scheduler, 42);
        scheduler.runUntil(SECOND);
        assertThat(clock.instant()).isEqualTo(SimClock.EPOCH.plusSeconds(1));
        assertThat(clock.nanoTime()).isEqualTo(42 + SECOND);
        clock.step(Duration.ofHours(-1));
        clock.driftWall(1000);
        scheduler.runUntil(11 * SECOND);
        assertThat(clock.instant())
                .isEqualTo(SimClock.EPOCH.plusSeconds(11).minusSeconds(3600).plusMillis(10));
        assertThat(clock.offset()).isEqualTo(Duration.ofHours(-1).plusMillis(10));
        assertThat(clock.nanoTime()).isEqualTo(42 + 11 * SECOND);
    }

    @Test
    void monotonicClockDriftsStandsStillAndNeverFalls() {
        SimClock clock = new SimClock(scheduler, 0);
        clock.driftMonotonic(-100_000);
        scheduler.runUntil(10 * SECOND);
        assertThat(clock.nanoTime()).isEqualTo(9 * SECOND);
        clock.driftMonotonic(-1_000_000);
        scheduler.runUntil(20 * SECOND);
        assertThat(clock.nanoTime()).isEqualTo(9 * SECOND);
        assertThat(clock.instant()).isEqualTo(SimClock.EPOCH.plusSeconds(20));
        assertThatThrownBy(() -> clock.driftMonotonic(-1_000_001)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void driftIsExactOverLongTimes() {
        SimClock clock = new SimClock(scheduler, 0);
        clock.driftMonotonic(100_000);
        long days = Duration.ofDays(3650).toNanos();
        scheduler.runUntil(days);
        assertThat(clock.nanoTime()).isEqualTo(days / 10 * 11);
        assertThat(clock.instant())
                .isEqualTo(Instant.parse("2026-01-01T00:00:00Z").plusNanos(days));
    }

    @Test
    void timersFollowTheMonotonicClockOfTheirProcess() {
        SimClock slow = new SimClock(scheduler, 0);
        slow.driftMonotonic(-500_000);
        SimProcess process = new SimProcess(scheduler, "p", slow);
        process.schedule(SECOND, note("timer"));
        scheduler.runUntil(10 * SECOND);
        assertThat(ran).containsExactly("timer@" + 2 * SECOND);
    }

    @Test
    void timerOfASuspendedMachineWaitsUntilItsClockGoesOn() {
        SimClock clock = new SimClock(scheduler, 0);
        SimProcess process = new SimProcess(scheduler, "p", clock);
        process.schedule(SECOND, note("timer"));
        clock.driftMonotonic(-1_000_000);
        scheduler.runUntil(5 * SECOND);
        assertThat(ran).isEmpty();
        clock.driftMonotonic(0);
        scheduler.runUntil(10 * SECOND);
        assertThat(ran).hasSize(1);
        assertThat(clock.nanoTime()).isEqualTo(5 * SECOND);
    }

    @Test
    void pauseHoldsEverythingBackAndKeepsTheOrder() {
        SimProcess process = new SimProcess(scheduler, "p", new SimClock(scheduler));
        process.pause();
        process.execute(note("a"));
        process.schedule(5, note("b"));
        scheduler.runUntil(10);
        process.execute(note("c"));
        assertThat(ran).isEmpty();
        process.resume();
        process.execute(note("d"));
        scheduler.runUntil(20);
        assertThat(ran).containsExactly("a@10", "b@10", "c@10", "d@10");
    }

    @Test
    void pauseInTheMiddleOfABurstHoldsTheRestBack() {
        SimProcess process = new SimProcess(scheduler, "p", new SimClock(scheduler));
        process.pause();
        process.execute(() -> {
            ran.add("first");
            process.pause();
        });
        process.execute(note("second"));
        scheduler.runUntil(1);
        process.resume();
        scheduler.runUntil(5);
        assertThat(ran).containsExactly("first");
        process.resume();
        scheduler.runUntil(6);
        assertThat(ran).containsExactly("first", "second@5");
    }

    @Test
    void cancelledAndKilledTimersNeverFire() {
        SimProcess process = new SimProcess(scheduler, "p", new SimClock(scheduler));
        process.schedule(5, note("cancelled")).cancel();
        process.schedule(6, note("killed"));
        process.execute(note("ran"));
        scheduler.runUntil(1);
        process.kill();
        process.execute(note("dead"));
        process.schedule(1, note("dead"));
        scheduler.runUntil(100);
        assertThat(ran).containsExactly("ran@0");
        assertThat(process.alive()).isFalse();
    }

    @Test
    void executeNeverRunsWithinTheCall() {
        SimProcess process = new SimProcess(scheduler, "p", new SimClock(scheduler));
        process.execute(note("a"));
        assertThat(ran).isEmpty();
        scheduler.step();
        assertThat(ran).containsExactly("a@0");
    }
}
