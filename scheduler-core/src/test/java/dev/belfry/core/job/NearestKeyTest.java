package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestKeyTest {

    private static final List<String> KEYS = List.of("overlap", "misfire", "retry", "rejoin-grace", "after");

    @Test
    void slipsOfThePenFindTheirKey() {
        assertThat(NearestKey.to("overlpa", KEYS)).contains("overlap");
        assertThat(NearestKey.to("Misfires", KEYS)).contains("misfire");
        assertThat(NearestKey.to("rejoin_grace", KEYS)).contains("rejoin-grace");
        assertThat(NearestKey.to("rejoinGrace", KEYS)).contains("rejoin-grace");
    }

    @Test
    void otherWordsFindNothing() {
        assertThat(NearestKey.to("schedule", KEYS)).isEmpty();
        assertThat(NearestKey.to("", KEYS)).isEmpty();
        assertThat(NearestKey.to("x".repeat(100_000), KEYS)).isEmpty();
    }

    @Test
    void distanceCountsInsertedLostReplacedAndSwappedLetters() {
        assertThat(NearestKey.distance("retry", "retry")).isZero();
        assertThat(NearestKey.distance("rety", "retry")).isEqualTo(1);
        assertThat(NearestKey.distance("retyr", "retry")).isEqualTo(1);
        assertThat(NearestKey.distance("", "abc")).isEqualTo(3);
        assertThat(NearestKey.distance("kitten", "sitting")).isEqualTo(3);
    }
}
