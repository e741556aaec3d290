package dev.belfry.core.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.belfry.core.job.Job;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FireRateTest {
    private static final Instant NOW = Instant.parse("2026-06-01T10:17:23Z");
    private static final Assumptions ASSUMPTIONS = Assumptions.of(3, NOW);

    private static double rate(Job job) {
        return FireRate.of(job.build(), ASSUMPTIONS).perSecond();
    }

    private static Job job() {
        return Job.named("job");
    }

    /** Expected are fires a day; those with more than 2,000 a week are looked at minute by minute. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 0 3 * * ?|1",
                "0 0/5 * * * ?|288",
                "0/10 * * * * ?|8640",
                "* * * * * ?|86400",
                "* * 9-16 * * ?|28800",
                "* 0-14 * * * ?|21600",
                "0/30 * 0-11 * * ?|1440"
            })
    void cronIsAveragedOverTheWeek(String cron, double perDay) {
        assertThat(rate(job().cron(cron)) * 86_400).isCloseTo(perDay, within(perDay * 0.02));
    }

    @Test
    void fixedRateWithoutBoundsIsExactHoweverFast() {
        assertThat(rate(job().every(Duration.ofMillis(1)))).isEqualTo(1_000);
        assertThat(rate(job().every(Duration.ofDays(30)))).isCloseTo(1 / (30 * 86_400.0), within(1e-15));
    }

    @Test
    void whatHasAnEndIsCountedUpToIt() {
        Job job = job().every(Duration.ofHours(1)).end(NOW.plus(Duration.ofHours(7)));
        assertThat(rate(job) * Assumptions.HORIZON.toSeconds()).isCloseTo(7, within(1e-9));
        assertThat(rate(job().at(NOW.minusSeconds(1), NOW.plusSeconds(1))) * Assumptions.HORIZON.toSeconds())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void severalTriggersAtOneInstantAreOneFire() {
        double both = rate(job().every(Duration.ofSeconds(600)).every(Duration.ofSeconds(1_200)));
        assertThat(both).isCloseTo(1 / 600.0, within(1e-5));
    }

    @Test
    void fixedDelayCountsTheRunIfItIsKnown() {
        Job job = job().delay(Duration.ofSeconds(2));
        assertThat(rate(job)).isEqualTo(0.5);
        assertThat(FireRate.of(job.build(), ASSUMPTIONS.withRunTime(Duration.ofSeconds(3))))
                .isEqualTo(new FireRate(0.2, "delay 2s and runs of 3s"));
    }

    @Test
    void whatIsNotEnabledOrOnlyAskedForIsNeverDue() {
        assertThat(rate(job().every(Duration.ofSeconds(1)).enabled(false))).isZero();
        assertThat(rate(job().manual())).isZero();
    }
}
