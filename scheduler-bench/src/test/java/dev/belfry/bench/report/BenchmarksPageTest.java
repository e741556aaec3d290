package dev.belfry.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.page.GeneratedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BenchmarksPageTest {
    private static final Path DOCS = Path.of("..", "docs");

    /** To renew the page: run with {@code -Dbelfry.rewrite=true}. */
    @Test
    void thePageSaysWhatTheRawFilesSay() throws IOException {
        Files.createDirectories(DOCS.resolve("benchmarks"));
        for (Map.Entry<String, String> file :
                BenchmarksPage.of(Path.of("results")).files().entrySet()) {
            GeneratedPage.at(DOCS.resolve(file.getKey()).toString()).assertIs(file.getValue());
        }
    }

    @Test
    void thereIsNoPlotThatThePageDoesNotShow() throws IOException {
        String page = Files.readString(DOCS.resolve("benchmarks.md"));
        try (Stream<Path> plots = Files.list(DOCS.resolve("benchmarks"))) {
            assertThat(plots.map(plot -> "(benchmarks/" + plot.getFileName() + ")"))
                    .isNotEmpty()
                    .allSatisfy(link -> assertThat(page).contains(link));
        }
    }

    @Test
    void everyWorkloadThatHasTargetsHasATable() {
        assertThat(Target.ALL)
                .allSatisfy(target ->
                        assertThat(Chapter.ALL).extracting(Chapter::workload).contains(target.workload()));
    }
}
