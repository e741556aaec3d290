package dev.belfry.bench.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {

    @Test
    void whatIsDueBeforeOrAfterTheSpanDoesNotCount() {
        Window window = Window.of(
                List.of(new Fire(95, 90, 0, 0), new Fire(103, 100, 0, 0), new Fire(205, 200, 0, 0)), 100, 200, 999, 1);
        assertThat(window.fired()).isEqualTo(1);
        assertThat(window.lost()).isZero();
        assertThat(window.lateMillis(1)).isEqualTo(0.003);
    }

    @Test
    void aSecondStartOfOneFireIsADuplicateAndTheFirstSaysHowLateItWas() {
        Window window = Window.of(List.of(new Fire(109, 100, 4, 2), new Fire(102, 100, 4, 2)), 100, 200, 999, 2);
        assertThat(window.fired()).isEqualTo(1);
        assertThat(window.duplicates()).isEqualTo(1);
        assertThat(window.lateMillis(0.5)).isEqualTo(0.002);
        assertThat(window.lost()).isEqualTo(1);
    }

    @Test
    void aFireThatStartsAfterTheDeadlineIsLost() {
        Window window = Window.of(List.of(new Fire(301, 100, 0, 0)), 100, 200, 300, 1);
        assertThat(window.lost()).isEqualTo(1);
        assertThat(window.lateMillis(0.5)).isNaN();
    }
}
