package dev.belfry.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawFileTest {

    @TempDir
    Path directory;

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        RawFile raw = new RawFile(
                Map.of(RawFile.WORKLOAD, "same-instant"),
                List.of(
                        new Measure("belfry", "100 jobs", 1, "late_p50_ms", 1.25),
                        new Measure("belfry", "100 jobs", 2, "late_p50_ms", 1234567)));
        Path file = directory.resolve("below/run.csv");
        raw.write(file);
        assertThat(RawFile.read(file)).isEqualTo(raw);
        assertThat(raw.workload()).isEqualTo("same-instant");
    }

    @Test
    void aLineThatIsNoMeasureIsNamedWithItsNumber() throws IOException {
        Path file = directory.resolve("run.csv");
        Files.writeString(file, "# workload: x\nsystem,point,repeat,metric,value\nbelfry,a,one,b,2\n");
        assertThatThrownBy(() -> RawFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("line 3");
    }

    @Test
    void aNameWithACommaIsRefused() {
        assertThatThrownBy(() -> new Measure("a,b", "x", 1, "y", 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
