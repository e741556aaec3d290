package dev.belfry.examples.search.result;

import dev.belfry.examples.search.text.Bm25;
import dev.belfry.examples.search.work.ContentHash;

/**
 * Sums up an index and its answers while they are read in their canonical order: all documents in the order of their
 * paths, then all terms in the order of their characters, each followed by its postings in the order of the documents,
 * then all answers in the order of the queries. Not thread-safe.
 */
public final class Tally {
    private final ContentHash index = new ContentHash();
    private final ContentHash answers = new ContentHash();
    private long documents;
    private long terms;
    private long postings;
    private long queries;
    private long judged;
    private double reciprocalRanks;

    /** The next document; its number is how many came before. */
    public void document(Document document) {
        documents++;
        index.add("document").add(document.path()).add(document.length());
    }

    /** The next term. */
    public void term(String term, int documentFrequency) {
        terms++;
        index.add("term").add(term).add(documentFrequency);
    }

    /** The next posting of the term that was given last. */
    public void posting(int document, int frequency) {
        postings++;
        index.add(document).add(frequency);
    }

    /** The next answer. */
    public void answer(Answer answer) {
        queries++;
        answers.add(answer.encode());
        if (!answer.query().expected().isEmpty()) {
            judged++;
            int rank = answer.rank();
            reciprocalRanks += rank == 0 ? 0 : 1.0 / rank;
        }
    }

    /** The sum of all that was given; afterwards nothing is given. */
    public SearchResult result() {
        long mean = judged == 0 ? 0 : Bm25.millionths(reciprocalRanks / judged);
        return new SearchResult(documents, terms, postings, queries, judged, mean, index.hex(), answers.hex());
    }
}
