package dev.belfry.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.job.BackupAfter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeasuredDurationsTest {

    @Test
    void quantilesAreWithinTheStatedErrorOfTheLastOnes() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<Long> all = new ArrayList<>();
            MeasuredDurations measured = MeasuredDurations.NONE;
            for (int i = 1 + random.nextInt(200); i > 0; i--) {
                long millis = (long) Math.exp(random.nextDouble() * 24);
                all.add(millis);
                measured = measured.with(Duration.ofMillis(millis));
            }
            List<Long> last =
                    new ArrayList<>(all.subList(Math.max(0, all.size() - MeasuredDurations.MOST), all.size()));
            last.sort(null);
            assertThat(measured.count()).isEqualTo(last.size());
            for (int percent : new int[] {1, 50, 95, 100}) {
                double exact = last.get((percent * last.size() + 99) / 100 - 1);
                double told = measured.quantile(percent).orElseThrow().toMillis();
                assertThat(Math.abs(told - exact))
                        .as("seed %d, %d%%: %s for %s", seed, percent, told, exact)
                        .isLessThanOrEqualTo(0.05 * exact + 0.5);
            }
            assertThat(MeasuredDurations.decode(measured.encode())).isEqualTo(measured);
            assertThat(measured.encode()).hasSizeLessThanOrEqualTo(63);
        }
    }

    @Test
    void aShareNeedsTwentyOfThemAndATimeNone() {
        BackupAfter share = new BackupAfter.Share(95);
        MeasuredDurations measured = MeasuredDurations.NONE;
        for (int i = 0; i < 19; i++) {
            measured = measured.with(Duration.ofSeconds(1));
        }
        assertThat(measured.backupAfter(share)).isEmpty();
        assertThat(measured.with(Duration.ofSeconds(1)).backupAfter(share)).isPresent();
        assertThat(measured.with(Duration.ofSeconds(1)).backupAfter(share).orElseThrow())
                .as("no attempt is slow that takes as long as those before")
                .isGreaterThan(Duration.ofSeconds(2));
        assertThat(MeasuredDurations.NONE.backupAfter(new BackupAfter.Fixed(Duration.ofSeconds(3))))
                .contains(Duration.ofSeconds(3));
        assertThat(MeasuredDurations.NONE.median()).isEmpty();
    }

    @Test
    void anyBytesAreAStoredForm() {
        byte[] bytes = new byte[200];
        new Random(1).nextBytes(bytes);
        assertThat(MeasuredDurations.decode(bytes).count()).isEqualTo(63);
        assertThat(MeasuredDurations.decode(new byte[0])).isEqualTo(MeasuredDurations.NONE);
    }
}
