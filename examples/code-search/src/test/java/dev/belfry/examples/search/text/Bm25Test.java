package dev.belfry.examples.search.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Three documents of 4, 2 and 6 terms (4 on average), and a term that two of them contain; worked out by hand. */
class Bm25Test {
    private final Bm25 bm25 = new Bm25(3, 12);

    @Test
    void inverseDocumentFrequencyIsAsWorkedOutByHand() {
        // ln(1 + (3 - 2 + 0.5) / (2 + 0.5)) = ln 1.6
        assertThat(bm25.inverseDocumentFrequency(2)).isCloseTo(0.470003629, within(1e-9));
        assertThat(bm25.inverseDocumentFrequency(3)).isPositive();
    }

    @Test
    void scoreIsAsWorkedOutByHand() {
        double weight = bm25.inverseDocumentFrequency(2);
        // Length 4, twice: the length factor is 1, so 2 * 2.2 / (2 + 1.2) = 1.375
        assertThat(bm25.score(weight, 2, 4)).isCloseTo(0.646254990, within(1e-9));
        // Length 2, once: the length factor is 0.25 + 0.75 / 2 = 0.625, so 2.2 / (1 + 0.75)
        assertThat(bm25.score(weight, 1, 2)).isCloseTo(0.590861705, within(1e-9));
    }

    @Test
    void scoresAreRoundedToMillionths() {
        assertThat(Bm25.millionths(0.646254990)).isEqualTo(646_255);
    }

    @Test
    void corpusWithoutDocumentsOrWithoutTermsHasFiniteScores() {
        assertThat(new Bm25(0, 0).inverseDocumentFrequency(0)).isFinite();
        assertThat(new Bm25(2, 0).score(1, 1, 0)).isFinite();
    }
}
