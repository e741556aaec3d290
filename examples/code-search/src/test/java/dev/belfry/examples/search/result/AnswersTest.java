package dev.belfry.examples.search.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {
    private static final List<Hit> HITS = List.of(new Hit("a", 3), new Hit("b", 2), new Hit("c\td", 1));

    @Test
    void rankIsThePlaceOfTheExpectedDocument() {
        assertThat(answer(0, "a").rank()).isEqualTo(1);
        assertThat(answer(0, "b").rank()).isEqualTo(2);
        assertThat(answer(0, "elsewhere").rank()).isZero();
        assertThat(answer(0, "").rank()).isZero();
    }

    @Test
    void answerIsReadBackFromItsLine() {
        Answer answer = answer(7, "c\td");
        assertThat(answer.encode()).startsWith("7\t3\t").doesNotContain("\n");
        assertThat(Answer.parse(answer.encode())).isEqualTo(answer);
    }

    @Test
    void meanReciprocalRankCountsMissesAsZeroAndLeavesUnjudgedQueriesOut() {
        Tally tally = new Tally();
        tally.answer(answer(0, "a")); // 1
        tally.answer(answer(1, "b")); // 1/2
        tally.answer(answer(2, "elsewhere")); // 0
        tally.answer(answer(3, "")); // not judged
        SearchResult result = tally.result();
        assertThat(result.meanReciprocalRank()).isEqualTo("0.500000");
        assertThat(result.queries()).isEqualTo(4);
        assertThat(result.judged()).isEqualTo(3);
        assertThat(SearchResult.of(result.facts())).isEqualTo(result);
    }

    @Test
    void withoutJudgedQueriesThereIsNoMean() {
        assertThat(new Tally().result().meanReciprocalRank()).isEqualTo("none");
    }

    @Test
    void checksumChangesWithEveryPartOfTheIndex() {
        assertThat(List.of(
                        checksum("a", 5, "t", 0, 1),
                        checksum("b", 5, "t", 0, 1),
                        checksum("a", 6, "t", 0, 1),
                        checksum("a", 5, "u", 0, 1),
                        checksum("a", 5, "t", 1, 1),
                        checksum("a", 5, "t", 0, 2)))
                .doesNotHaveDuplicates();
        assertThat(checksum("a", 5, "t", 0, 1)).isEqualTo(checksum("a", 5, "t", 0, 1));
    }

    private static String checksum(String path, int length, String term, int document, int frequency) {
        Tally tally = new Tally();
        tally.document(new Document(path, length, ""));
        tally.term(term, 1);
        tally.posting(document, frequency);
        return tally.result().checksum();
    }

    private static Answer answer(int ordinal, String expected) {
        return new Answer(ordinal, new Query("some\twords", expected), HITS);
    }
}
