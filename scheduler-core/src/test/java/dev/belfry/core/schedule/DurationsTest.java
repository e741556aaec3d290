package dev.belfry.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "10ms, PT0.01S",
        "3s, PT3S",
        "5m, PT5M",
        "1h, PT1H",
        "2d, PT48H",
        "1h30m, PT90M",
        "1d2h3m4s5ms, PT26H3M4.005S",
        "PT5M, PT5M",
        "P1DT1H, PT25H",
        "pt0.5s, PT0.5S",
        "0s, PT0S",
        "' 5m ', PT5M",
        "90m, PT1H30M",
    })
    void readsUnitsCombinationsAndIso(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, no duration",
        "'  ', 2, no duration",
        "5, 1, unit is missing",
        "m, 0, number is missing",
        "5x, 1, unknown unit",
        "5M, 1, unknown unit",
        "5mins, 1, unknown unit",
        "1.5h, 1, fraction",
        "30m1h, 4, out of order",
        "1m1m, 3, out of order",
        "-5m, 0, negative",
        "PT-5M, 0, negative",
        "PT5X, 0, ISO",
        "1h 30m, 2, number is missing",
        "99999999999999999999d, 0, century",
        "1h99999999999999999h, 19, out of order",
        "36525d1ms, 6, century",
        "PT999999999H, 0, century",
    })
    void refusesTheRestWithAPosition(String text, int position, String reason) {
        DurationSyntaxException refused =
                catchThrowableOfType(DurationSyntaxException.class, () -> Durations.parse(text));
        assertThat(refused).as(text).isNotNull();
        assertThat(refused.position()).as(refused.getMessage()).isEqualTo(position);
        assertThat(refused.reason()).contains(reason);
        assertThat(refused).hasMessageContaining(refused.hint());
    }

    @Test
    void whatIsFormattedReadsBackAsTheSame() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            Duration duration = i % 2 == 0
                    ? Duration.ofMillis(random.nextLong(1L << random.nextInt(1, 41)))
                    : Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 61)));
            assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
        }
        assertThat(Durations.format(Duration.ofMinutes(90))).isEqualTo("1h30m");
        assertThat(Durations.format(Duration.ZERO)).isEqualTo("0s");
        assertThatThrownBy(() -> Durations.format(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}
