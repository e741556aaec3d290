package dev.belfry.faults.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every fault has its page below docs/failures. */
final class FailurePagesTest {
    private static final Path PAGES = Path.of("..", "docs", "failures");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z-]+)` \\| \\[[^]]+]\\(([a-z-]+\\.md)\\) \\|.*");
    private static final Pattern MEASURED =
            Pattern.compile("([a-z-]+) +(\\d+) +(\\d+) ms, most (\\d+) ms +(\\d+) ms, most (\\d+) ms *");
    /** A row of a table of what was measured: the fault, on the first page its page, and the figures. */
    private static final Pattern TABLE = Pattern.compile(
            "^(\\| `([a-z-]+)` \\|(?: \\[[^]]+]\\([a-z-]+\\.md\\) \\|)? )\\d+ \\|.*$", Pattern.MULTILINE);

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
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("README.md") && name.endsWith(".md")))
                    .containsExactlyInAnyOrderElementsOf(pages);
        }
    }

    /** To renew them after a campaign: put its summary into measured.txt, and run with {@code -Dbelfry.rewrite=true}. */
    @Test
    void everyTableSaysWhatTheCampaignMeasured() throws IOException {
        Map<String, String> measured = new HashMap<>();
        for (String line : Files.readAllLines(PAGES.resolve("measured.txt"))) {
            Matcher fault = MEASURED.matcher(line);
            if (fault.matches()) {
                measured.put(
                        fault.group(1),
                        "%s | %s, %s | %s, %s |"
                                .formatted(
                                        fault.group(2),
                                        seconds(fault.group(3)),
                                        seconds(fault.group(4)),
                                        seconds(fault.group(5)),
                                        seconds(fault.group(6))));
            }
        }
        assertThat(measured).hasSameSizeAs(Catalogue.faults());
        try (var pages = Files.list(PAGES)) {
            for (Path page : pages.filter(p -> p.toString().endsWith(".md")).toList()) {
                String text = Files.readString(page);
                String right = TABLE.matcher(text)
                        .replaceAll(row -> Matcher.quoteReplacement(row.group(1) + measured.get(row.group(2))));
                if (Boolean.getBoolean("belfry.rewrite")) {
                    Files.writeString(page, right);
                } else {
                    assertThat(text).as(page.toString()).isEqualTo(right);
                }
            }
        }
    }

    private static String seconds(String millis) {
        return String.format(Locale.ROOT, "%.1f s", Long.parseLong(millis) / 1_000.0);
    }

    @Test
    void unknownNameIsAnsweredWithAllNames() {
        assertThatThrownBy(() -> Catalogue.named("kill-all"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no fault 'kill-all'")
                .hasMessageContaining("lose-quorum");
    }
}
