package dev.belfry.examples.search.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {
    @TempDir
    Path folder;

    @Test
    void filesAreListedByPathWithoutHiddenOnesAndLinks() throws IOException {
        write("b/two.txt", "2");
        write("b.txt", "b");
        write("a/one.txt", "1");
        write(".git/config", "hidden");
        write("a/.swp", "hidden");
        Files.createSymbolicLink(folder.resolve("link.txt"), folder.resolve("b.txt"));

        assertThat(new Corpus(folder).files(path -> true))
                .extracting(CorpusFile::path)
                .containsExactly("a/one.txt", "b.txt", "b/two.txt");
        assertThat(new Corpus(folder).files(path -> path.startsWith("a/")))
                .extracting(CorpusFile::path)
                .containsExactly("a/one.txt");
    }

    @Test
    void binaryAndVanishedFilesAreNotRead() throws IOException {
        write("binary", "a\0b");
        write("text", "ab");
        assertThat(new Corpus(folder).read("binary")).isEmpty();
        assertThat(new Corpus(folder).read("gone")).isEmpty();
        assertThat(new Corpus(folder).read("text")).hasValue(new byte[] {'a', 'b'});
    }

    @Test
    void missingFolderIsAnErrorAndNotAnEmptyCorpus() {
        Corpus corpus = new Corpus(folder.resolve("missing"));
        assertThatThrownBy(() -> corpus.files(path -> true))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void partitionsAreWithinRangeAndAboutEvenlyFilled() {
        int[] counts = new int[8];
        for (int i = 0; i < 8_000; i++) {
            counts[Partition.of("src/main/java/File" + i + ".java", 8)]++;
        }
        assertThat(Arrays.stream(counts).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(800, 1200));
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(folder.resolve(path).getParent());
        Files.writeString(folder.resolve(path), text);
    }
}
