package dev.belfry.examples.search.result;

import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * All that the engine has computed, summed up: two engines that give the same result have built the same index and
 * have answered every query in the same way.
 *
 * @param documents in the corpus
 * @param terms different ones
 * @param postings pairs of a term and a document that contains it
 * @param queries asked
 * @param judged queries whose right answer is known
 * @param reciprocalRank the mean over the judged queries of one divided by the rank of the right answer, 0 where it is
 *     not among the hits; in millionths
 * @param checksum SHA-256 of the whole index
 * @param answers SHA-256 of the answers to all queries
 */
public record SearchResult(
        long documents,
        long terms,
        long postings,
        long queries,
        long judged,
        long reciprocalRank,
        String checksum,
        String answers) {

    /** The result by name and value. */
    public SortedMap<String, String> facts() {
        SortedMap<String, String> facts = new TreeMap<>();
        facts.put("documents", Long.toString(documents));
        facts.put("terms", Long.toString(terms));
        facts.put("postings", Long.toString(postings));
        facts.put("queries", Long.toString(queries));
        facts.put("judged", Long.toString(judged));
        facts.put("reciprocal-rank-millionths", Long.toString(reciprocalRank));
        facts.put("checksum", checksum);
        facts.put("answers", answers);
        return facts;
    }

    /** The result that gave these facts; what is missing counts as 0 or empty. */
    public static SearchResult of(SortedMap<String, String> facts) {
        ToLongFunction<String> number = name -> Long.parseLong(facts.getOrDefault(name, "0"));
        return new SearchResult(
                number.applyAsLong("documents"),
                number.applyAsLong("terms"),
                number.applyAsLong("postings"),
                number.applyAsLong("queries"),
                number.applyAsLong("judged"),
                number.applyAsLong("reciprocal-rank-millionths"),
                facts.getOrDefault("checksum", ""),
                facts.getOrDefault("answers", ""));
    }

    /** The mean reciprocal rank with six decimals, or {@code none} when no query was judged. */
    public String meanReciprocalRank() {
        return judged == 0 ? "none" : String.format(Locale.ROOT, "%.6f", reciprocalRank / 1e6);
    }

    /** The whole result as JSON: all facts, each as text. */
    public String json() {
        return facts().entrySet().stream()
                .map(fact -> "\"" + fact.getKey() + "\":\"" + fact.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** The whole result in one line. */
    public String line() {
        return "documents=" + documents + " terms=" + terms + " postings=" + postings + " queries=" + queries + " mrr="
                + meanReciprocalRank() + " checksum=" + checksum + " answers=" + answers;
    }
}
