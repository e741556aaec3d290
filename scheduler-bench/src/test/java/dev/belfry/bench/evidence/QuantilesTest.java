package dev.belfry.bench.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class QuantilesTest {
    private static final long[] HUNDRED = LongStream.rangeClosed(1, 100).toArray();

    @Test
    void nearestRankOfOneToAHundredIsThePercentItself() {
        assertThat(Quantiles.of(HUNDRED, 0.5)).isEqualTo(50);
        assertThat(Quantiles.of(HUNDRED, 0.99)).isEqualTo(99);
        assertThat(Quantiles.of(HUNDRED, 0)).isEqualTo(1);
        assertThat(Quantiles.of(HUNDRED, 1)).isEqualTo(100);
    }

    @Test
    void atLeastThePartIsNoGreaterAndLessThanThePartIsLess() {
        Random random = new Random(4);
        for (int i = 0; i < 500; i++) {
            long[] values = random.longs(1 + random.nextInt(50), 0, 20).sorted().toArray();
            double part = random.nextDouble();
            double quantile = Quantiles.of(values, part);
            long notGreater =
                    LongStream.of(values).filter(value -> value <= quantile).count();
            long less = LongStream.of(values).filter(value -> value < quantile).count();
            assertThat(notGreater).isGreaterThanOrEqualTo((long) Math.ceil(part * values.length));
            assertThat((double) less).isLessThanOrEqualTo(part * values.length);
        }
    }

    @Test
    void ofNothingThereIsNoQuantile() {
        assertThat(Quantiles.of(new long[0], 0.5)).isNaN();
        assertThat(Quantiles.median(List.of())).isNaN();
    }

    @Test
    void theMedianIsOneOfTheValues() {
        assertThat(Quantiles.median(List.of(9.0, 1.0, 4.0))).isEqualTo(4);
        assertThat(Quantiles.median(List.of(9.0, 1.0, 4.0, 5.0))).isEqualTo(4);
    }

    @Test
    void aPartBeyondOneIsRefused() {
        assertThatThrownBy(() -> Quantiles.of(HUNDRED, 99)).isInstanceOf(IllegalArgumentException.class);
    }
}
