package dev.belfry.faults.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every fault has its page below docs/failures. */
final class FailurePagesTest {
    private static final Path PAGES = Path.of("..", "docs", "failures");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z-]+)` \\| \\[[^]]+]\\(([a-z-]+\\.md)\\) \\|.*");

    @Test
    void everyFaultOfTheCatalogueIsListedWithAPageThatNamesIt() throws IOException {
        List<String> listed = new ArrayList<>();
        Set<String> pages = new HashSet<>();
        for (String line : Files.readAllLines(PAGES.resolve("README.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                listed.add(row.group(1));
                pages.add(row.group(2));
                assertThat(Files.readString(PAGES.resolve(row.group(2)))).contains("`" + row.group(1) + "`");
            }
        }
        assertThat(listed)
                .containsExactlyElementsOf(
                        Catalogue.faults().stream().map(Fault::name).toList());
        try (var files = Files.list(PAGES)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("README.md")))
                    .containsExactlyInAnyOrderElementsOf(pages);
        }
    }

    @Test
    void unknownNameIsAnsweredWithAllNames() {
        assertThatThrownBy(() -> Catalogue.named("kill-all"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no fault 'kill-all'")
                .hasMessageContaining("lose-quorum");
    }
}
