package dev.belfry.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every file under {@code bad} is refused with exactly the lines of the {@code .errors} file beside it. To see what has changed,
 * run with {@code -Dbelfry.rewrite=true} and read the difference before you commit it.
 */
class BadDefinitionsTest {

    private static final Path SOURCES = Path.of("src/test/resources/dev/belfry/core/job/bad");

    @TestFactory
    Stream<DynamicTest> everyBadFileIsRefusedWithItsExactErrors() throws IOException, URISyntaxException {
        return badFiles().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> refuses(file)));
    }

    @Test
    void thereAreAtLeastFortyBadFiles() throws IOException, URISyntaxException {
        assertThat(badFiles()).hasSizeGreaterThanOrEqualTo(40);
    }

    private static void refuses(Path file) throws IOException {
        String name = file.getFileName().toString();
        ParsedDefinitions parsed = Definitions.parse(name, Files.readString(file));
        String rendered = Stream.concat(parsed.errors().stream(), parsed.later().stream())
                .map(DefinitionError::render)
                .collect(Collectors.joining("\n", "", "\n"));
        if (Boolean.getBoolean("belfry.rewrite")) {
            Files.writeString(SOURCES.resolve(name + ".errors"), rendered);
        }
        assertThat(rendered).isEqualTo(Files.readString(SOURCES.resolve(name + ".errors")));
        assertThat(rendered).startsWith(name + ":");
    }

    private static List<Path> badFiles() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(BadDefinitionsTest.class.getResource("bad"))
                .toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.toString().endsWith(".errors"))
                    .sorted()
                    .toList();
        }
    }
}
