package dev.belfry.examples.search;

import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.corpus.CorpusFile;
import dev.belfry.examples.search.result.Answer;
import dev.belfry.examples.search.result.Document;
import dev.belfry.examples.search.result.Hit;
import dev.belfry.examples.search.result.Query;
import dev.belfry.examples.search.result.QuerySet;
import dev.belfry.examples.search.result.SearchResult;
import dev.belfry.examples.search.result.Tally;
import dev.belfry.examples.search.text.Bm25;
import dev.belfry.examples.search.text.Summary;
import dev.belfry.examples.search.text.Tokeniser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The same search engine without shards, files, scheduler or failures: one process, one pass, all in memory. It has
 * the cutting of text, the score of one term and the summing up in common with the stages, and nothing else.
 */
public final class Reference {
    private final List<Document> documents = new ArrayList<>();
    private final NavigableMap<String, NavigableMap<Integer, Integer>> index = new TreeMap<>();

    private Reference() {}

    /** Prints the result for {@code corpus [queries]}. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("usage: Reference CORPUS [QUERIES]");
            System.exit(2);
        }
        QuerySet queries = arguments.length == 1 ? QuerySet.knownItems() : QuerySet.read(Path.of(arguments[1]));
        System.out.println(compute(new Corpus(Path.of(arguments[0])), queries).line());
    }

    /** The result for the corpus and the queries as they are now. Takes the memory of the whole index. */
    public static SearchResult compute(Corpus corpus, QuerySet queries) throws IOException {
        Reference reference = new Reference();
        for (CorpusFile file : corpus.files(path -> true)) {
            Optional<byte[]> content = corpus.read(file.path());
            if (content.isPresent()) {
                reference.add(file.path(), new String(content.get(), StandardCharsets.UTF_8));
            }
        }
        return reference.result(queries);
    }

    private void add(String path, String text) {
        int number = documents.size();
        int[] length = {0};
        Tokeniser.terms(text, term -> {
            length[0]++;
            index.computeIfAbsent(term, t -> new TreeMap<>()).merge(number, 1, Integer::sum);
        });
        documents.add(new Document(path, length[0], Summary.of(path, text)));
    }

    private SearchResult result(QuerySet set) {
        Tally tally = new Tally();
        documents.forEach(tally::document);
        index.forEach((term, postings) -> {
            tally.term(term, postings.size());
            postings.forEach(tally::posting);
        });
        List<Query> queries = set.over(documents);
        long totalLength = documents.stream().mapToLong(Document::length).sum();
        Bm25 bm25 = new Bm25(documents.size(), totalLength);
        for (int i = 0; i < queries.size(); i++) {
            tally.answer(new Answer(i, queries.get(i), best(queries.get(i), bm25)));
        }
        return tally.result();
    }

    /** Scores whole documents one after the other, and sorts all that have a score. */
    private List<Hit> best(Query query, Bm25 bm25) {
        List<NavigableMap<Integer, Integer>> lists = new ArrayList<>();
        NavigableMap<Integer, Double> sums = new TreeMap<>();
        for (String term : query.terms()) {
            NavigableMap<Integer, Integer> list = index.getOrDefault(term, new TreeMap<>());
            lists.add(list);
            list.keySet().forEach(document -> sums.put(document, 0.0));
        }
        sums.replaceAll((document, zero) -> score(document, lists, bm25));
        return sums.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), Bm25.millionths(entry.getValue())))
                .filter(entry -> entry.getValue() > 0)
                .sorted(Comparator.comparing((Map.Entry<Integer, Long> entry) -> -entry.getValue())
                        .thenComparing(Map.Entry::getKey))
                .limit(Answer.MOST_HITS)
                .map(entry -> new Hit(documents.get(entry.getKey()).path(), entry.getValue()))
                .toList();
    }

    private double score(int document, List<NavigableMap<Integer, Integer>> lists, Bm25 bm25) {
        double sum = 0;
        for (NavigableMap<Integer, Integer> list : lists) {
            Integer frequency = list.get(document);
            if (frequency != null) {
                double weight = bm25.inverseDocumentFrequency(list.size());
                sum += bm25.score(weight, frequency, documents.get(document).length());
            }
        }
        return sum;
    }
}
