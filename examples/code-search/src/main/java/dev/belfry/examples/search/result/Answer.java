package dev.belfry.examples.search.result;

import dev.belfry.examples.search.work.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * A query and what was found.
 *
 * @param ordinal the place of the query in the query set, from 0
 * @param hits the best documents, the best first; at most {@link #MOST_HITS}
 */
public record Answer(int ordinal, Query query, List<Hit> hits) {
    /** How many documents are given for a query at most. */
    public static final int MOST_HITS = 10;

    private static final int FIXED_FIELDS = 4;

    public Answer {
        hits = List.copyOf(hits);
    }

    /** The place of the expected document among the hits, from 1; 0 when it is not among them or none is expected. */
    public int rank() {
        for (int i = 0; i < hits.size(); i++) {
            if (hits.get(i).path().equals(query.expected())) {
                return i + 1;
            }
        }
        return 0;
    }

    /** One line: ordinal, rank, query, expected document, then score and path of each hit, with TABs between. */
    public String encode() {
        List<Object> fields = new ArrayList<>(List.of(ordinal, rank(), query.text(), query.expected()));
        for (Hit hit : hits) {
            fields.add(hit.score());
            fields.add(hit.path());
        }
        return Fields.join(fields.toArray());
    }

    /**
     * The answer of a line.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static Answer parse(String line) {
        int count = (int) line.chars().filter(c -> c == '\t').count() + 1;
        List<String> fields = Fields.split(line, count);
        if (count < FIXED_FIELDS || count % 2 != 0) {
            throw new IllegalArgumentException("not an answer: " + line);
        }
        List<Hit> hits = new ArrayList<>();
        for (int i = FIXED_FIELDS; i < count; i += 2) {
            hits.add(new Hit(fields.get(i + 1), Long.parseLong(fields.get(i))));
        }
        return new Answer(Integer.parseInt(fields.get(0)), new Query(fields.get(2), fields.get(3)), hits);
    }
}
