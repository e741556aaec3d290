package dev.belfry.core.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.run.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClockStepTest {
    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    private static Moment after(Moment start, Duration steady, Duration step) {
        return new Moment(start.wall().plus(steady).plus(step), start.nanos() + steady.toNanos());
    }

    @Test
    void clocksThatGoAlikeAreNotSet() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            // The monotonic clock may begin anywhere, below zero too, and go past the largest number.
            Moment start = new Moment(NOON, random.nextLong());
            Duration steady = Duration.ofMillis(random.nextInt(100_000_000));
            Duration little = Duration.ofMillis(random.nextInt(-5_000, 5_001));
            assertThat(ClockStep.between(start, after(start, steady, little))).isEmpty();
        }
    }

    @Test
    void stepIsMeasuredByTheMonotonicClock() {
        Moment start = new Moment(NOON, Long.MAX_VALUE - 5);
        for (Duration step : new Duration[] {DAY, DAY.negated(), Duration.ofMillis(5_001), Duration.ofMillis(-5_001)}) {
            Moment later = after(start, Duration.ofSeconds(3), step);
            assertThat(ClockStep.between(start, later)).contains(new ClockStep(step, later.wall()));
            assertThat(new ClockStep(step, later.wall()).isBack()).isEqualTo(step.isNegative());
        }
    }

    @Test
    void ledgerIsAheadBeyondAMinute() {
        assertThat(LedgerAhead.of(NOON.plusSeconds(60), NOON)).isEmpty();
        assertThat(LedgerAhead.of(NOON.minus(DAY), NOON)).isEmpty();
        LedgerAhead ahead = LedgerAhead.of(NOON.plus(DAY).plusMillis(7), NOON).orElseThrow();
        assertThat(ahead.story("It"))
                .startsWith(
                        "It is settled up to 2026-12-02T12:00:00.007Z, 1d in the future: the clocks have been set back");
    }
}
