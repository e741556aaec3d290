package dev.belfry.examples.search.text;

/**
 * The Okapi BM25 score of one term in one document, with k1 = 1.2 and b = 0.75 and the variant of the inverse document
 * frequency that is never negative (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
 * 2009, section 3.4).
 *
 * <p>The score of a query is the sum over its distinct terms, in the order of the terms, rounded to millionths: sums
 * are then equal wherever they are computed, and equal scores are ordered by the document's number alone.
 */
public final class Bm25 {
    private static final double K1 = 1.2;
    private static final double B = 0.75;
    private static final double MILLION = 1_000_000;

    private final long documents;
    private final double averageLength;

    /**
     * @param documents the number of documents, at least 0
     * @param totalLength the sum of their lengths in terms
     */
    public Bm25(long documents, long totalLength) {
        this.documents = documents;
        this.averageLength = documents == 0 ? 1 : Math.max(1, totalLength) / (double) documents;
    }

    /** The weight of a term that occurs in the given number of documents; positive. */
    public double inverseDocumentFrequency(int documentFrequency) {
        // StrictMath: the same bits on every JVM and at every level of compilation.
        return StrictMath.log(1 + (documents - documentFrequency + 0.5) / (documentFrequency + 0.5));
    }

    /**
     * The contribution of one term to the score of one document.
     *
     * @param weight the term's inverse document frequency
     * @param frequency how often the document contains the term, at least 1
     * @param length the document's length in terms
     */
    public double score(double weight, int frequency, int length) {
        double norm = K1 * (1 - B + B * length / averageLength);
        return weight * frequency * (K1 + 1) / (frequency + norm);
    }

    /** A sum of scores, in millionths. */
    public static long millionths(double sum) {
        return Math.round(sum * MILLION);
    }
}
