package dev.belfry.examples.search.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuerySetTest {
    @TempDir
    Path folder;

    @Test
    void fileHoldsOneQueryALineWithOrWithoutTheExpectedDocument() throws IOException {
        QuerySet set = QuerySet.read(file("# mine\ndistributed lock\ta/Lock.java\n\nqueue \n"));
        assertThat(set.over(List.of()))
                .containsExactly(new Query("distributed lock", "a/Lock.java"), new Query("queue", ""));
    }

    @Test
    void editedFileHasAnotherHash() throws IOException {
        String before = QuerySet.read(file("lock\n")).hash();
        assertThat(QuerySet.read(file("lock\nqueue\n")).hash()).isNotEqualTo(before);
    }

    @Test
    void malformedLineIsNamed() {
        assertThatThrownBy(() -> QuerySet.read(file("fine\na\tb\tc\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("more than one TAB");
        assertThatThrownBy(() -> QuerySet.read(file("...\ta.txt\n"))).hasMessageContaining("line 1");
    }

    @Test
    void knownItemsAreTheSummariesThatOneDocumentAloneHas() {
        List<Document> documents = List.of(
                new Document("a", 9, "a lock for many machines"),
                new Document("b", 9, "the same old words"),
                new Document("c", 9, "the same old words"),
                new Document("d", 9, "too short"),
                new Document("e", 9, ""));
        assertThat(QuerySet.knownItems().over(documents)).containsExactly(new Query("a lock for many machines", "a"));
    }

    @Test
    void ofManyKnownItemsFiveHundredAreDrawnInTheOrderOfTheirPaths() {
        List<Document> documents = IntStream.range(1000, 2000)
                .mapToObj(i -> new Document("path" + i, 9, "summary of number " + i))
                .toList();
        List<Query> drawn = QuerySet.knownItems().over(documents);
        assertThat(drawn).hasSize(500).isEqualTo(QuerySet.knownItems().over(documents));
        assertThat(drawn).extracting(Query::expected).isSorted();
        assertThat(drawn.get(499).expected()).as("drawn from all").isGreaterThan("path1900");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("queries"), text);
    }
}
