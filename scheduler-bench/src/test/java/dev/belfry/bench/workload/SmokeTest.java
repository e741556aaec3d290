package dev.belfry.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.peer.Contenders;
import dev.belfry.bench.report.RawFile;
import dev.belfry.bench.report.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmokeTest {

    @TempDir
    Path results;

    @Test
    void belfryAloneIsMeasuredFromTheStartOfItsStoreToTheRawFile() throws IOException, InterruptedException {
        Options options = Options.parse(new String[] {
            "--repeats", "1", "--seconds", "1", "--warm-up", "1", "--only", "belfry", "--results", results.toString()
        });
        List<Contender> belfry = new Contenders().resolve(Set.of(Contender.BELFRY));
        Path file = Bench.run(new SameInstant(5), options, belfry);
        Results measured = new Results(RawFile.read(file));
        Results.Row row = new Results.Row(Contender.BELFRY, "5 jobs");
        assertThat(measured.rows()).containsExactly(row);
        assertThat(measured.of(row, "expected").orElseThrow().median()).isEqualTo(5);
        // How many of them start in time is for a quiet machine to say, and not for a test.
        assertThat(measured.of(row, "fired_per_s").orElseThrow().median()
                        + measured.of(row, "warmup_fires").orElseThrow().median())
                .isPositive();
        assertThat(measured.of(row, "store_writes_per_s").orElseThrow().median())
                .isPositive();
    }

    @Test
    void anOptionThatIsNotKnownIsRefusedWithTheUsage() {
        assertThatThrownBy(() -> Options.parse(new String[] {"--repeat", "1"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--repeats N");
        assertThatThrownBy(() -> Options.parse(new String[] {"--only", "cron"})).hasMessageContaining("elasticjob");
    }
}
