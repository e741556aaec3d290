package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenderingTest {
    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandRight() {
        String text = new TextTable("JOB", ">SHARDS", "BY")
                .row("index", 8, "anna")
                .row("a", 1_000, "")
                .render();
        assertThat(text).isEqualTo("JOB    SHARDS  BY\nindex       8  anna\na        1000  -\n");
    }

    @Test
    void lineBreaksInACellDoNotBreakTheTable() {
        assertThat(new TextTable("A", "B").row("x\ny", "z").render()).isEqualTo("A    B\nx y  z\n");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.25S, 250ms",
        "PT3.9S, 3s",
        "PT60S, 1m",
        "PT125S, 2m 5s",
        "PT7500S, 2h 5m",
        "P3DT4H5M, 3d 4h",
    })
    void lengthsAreShort(Duration length, String text) {
        assertThat(Times.length(length)).isEqualTo(text);
    }

    @Test
    void timesAreToldFromNow() {
        Instant now = Instant.parse("2026-06-01T00:00:00Z");
        assertThat(Times.relative(now, now)).isEqualTo("now");
        assertThat(Times.relative(now.minusSeconds(5), now)).isEqualTo("5s ago");
        assertThat(Times.relative(now.plusSeconds(90), now)).isEqualTo("in 1m 30s");
        assertThat(Times.relative(Instant.EPOCH, now)).isEqualTo("never");
    }
}
