package dev.belfry.examples.search.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentHashesTest {
    @TempDir
    Path folder;

    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private Path file;
    private ContentHashes hashes;

    @BeforeEach
    void oneFileWrittenAMinuteAgo() throws IOException {
        file = folder.resolve("a.txt");
        write("one", now.minusSeconds(60));
        hashes = new ContentHashes(new Corpus(folder), () -> now);
    }

    @Test
    void unchangedFileIsNotReadAgainBeforeTwentySeconds() throws IOException {
        SortedMap<String, String> before = look();
        write("two", now.minusSeconds(60));
        assertThat(look()).as("same size, time and identity").isEqualTo(before);
        now = now.plus(Duration.ofSeconds(20));
        assertThat(look()).isNotEqualTo(before);
    }

    @Test
    void fileWithAnotherTimeOrSizeIsReadAgain() throws IOException {
        SortedMap<String, String> before = look();
        write("two", now.minusSeconds(50));
        assertThat(look()).isNotEqualTo(before);
    }

    @Test
    void fileWrittenJustBeforeItWasReadIsReadAgain() throws IOException {
        write("two", now.minusMillis(500));
        SortedMap<String, String> before = look();
        write("six", now.minusMillis(500));
        assertThat(look()).isNotEqualTo(before);
    }

    @Test
    void fileThatIsNotTextHasNoHash() throws IOException {
        write("\0", now.minusSeconds(9));
        assertThat(look()).isEmpty();
    }

    private SortedMap<String, String> look() throws IOException {
        return hashes.of(new Corpus(folder).files(path -> true), () -> {});
    }

    private void write(String text, Instant modified) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(modified));
    }
}
