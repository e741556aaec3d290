package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DefinitionReferenceTest {

    private static final Path PAGE = Path.of("../docs/definitions.md");
    private static final String BEGIN = "<!-- keys: begin, generated -->\n";
    private static final String END = "<!-- keys: end -->\n";

    /** To renew the tables: run with {@code -Dbelfry.rewrite=true}. */
    @Test
    void theTablesOfThePageAreNotStale() throws IOException {
        String page = Files.readString(PAGE);
        String before = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
        String current = before + DefinitionReference.markdown() + "\n" + page.substring(page.indexOf(END));
        if (Boolean.getBoolean("belfry.rewrite")) {
            Files.writeString(PAGE, current);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(current);
    }

    @Test
    void everyYamlSampleOfThePageIsValid() throws IOException {
        Matcher samples = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        List<String> seen = new ArrayList<>();
        while (samples.find()) {
            seen.add(samples.group(1));
            assertThat(Definitions.parse("sample.yaml", samples.group(1)).errors())
                    .isEmpty();
        }
        assertThat(seen).hasSizeGreaterThanOrEqualTo(2);
    }
}
