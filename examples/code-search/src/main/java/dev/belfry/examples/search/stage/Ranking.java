package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.result.Answer;
import dev.belfry.examples.search.result.Document;
import dev.belfry.examples.search.result.Hit;
import dev.belfry.examples.search.result.Query;
import dev.belfry.examples.search.text.Bm25;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Finds the best documents for a query, one term after the other. Not thread-safe. */
final class Ranking {
    private record Candidate(int document, long score) {}

    /** Worst first: of equal scores the document with the greater number. */
    private static final Comparator<Candidate> WORST_FIRST =
            Comparator.comparingLong(Candidate::score).thenComparing(Candidate::document, Comparator.reverseOrder());

    private final List<Document> documents;
    private final Map<String, PostingList> postings;
    private final Bm25 bm25;
    private final double[] sums;

    Ranking(List<Document> documents, Map<String, PostingList> postings) {
        this.documents = documents;
        this.postings = postings;
        this.bm25 = new Bm25(
                documents.size(), documents.stream().mapToLong(Document::length).sum());
        this.sums = new double[documents.size()];
    }

    Answer answer(int ordinal, Query query) {
        Arrays.fill(sums, 0);
        for (String term : query.terms()) {
            PostingList list = postings.get(term);
            if (list != null) {
                double weight = bm25.inverseDocumentFrequency(list.size());
                for (int i = 0; i < list.size(); i++) {
                    int document = list.document(i);
                    int length = documents.get(document).length();
                    sums[document] += bm25.score(weight, list.frequency(i), length);
                }
            }
        }
        return new Answer(ordinal, query, best());
    }

    private List<Hit> best() {
        PriorityQueue<Candidate> best = new PriorityQueue<>(WORST_FIRST);
        for (int document = 0; document < sums.length; document++) {
            long score = Bm25.millionths(sums[document]);
            if (score > 0) {
                best.add(new Candidate(document, score));
                if (best.size() > Answer.MOST_HITS) {
                    best.remove();
                }
            }
        }
        List<Hit> hits = new ArrayList<>();
        while (!best.isEmpty()) {
            Candidate worst = best.remove();
            hits.add(new Hit(documents.get(worst.document()).path(), worst.score()));
        }
        Collections.reverse(hits);
        return hits;
    }
}
