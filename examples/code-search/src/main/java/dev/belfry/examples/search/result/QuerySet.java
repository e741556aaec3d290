package dev.belfry.examples.search.result;

import dev.belfry.examples.search.work.ContentHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the queries come from: a file, or the corpus itself.
 *
 * <p>A file holds one query a line, and after a TAB the path of the document that is the right answer, where one is
 * known. Empty lines and lines that begin with {@code #} are skipped. From the corpus, the queries are the summaries
 * of up to 500 documents: those that no other document shares and that have at least three different terms, chosen by
 * the hash of the path, in the order of the paths. Immutable.
 */
public final class QuerySet {
    private static final int MOST_KNOWN_ITEMS = 500;
    private static final int FEWEST_TERMS = 3;

    private final String hash;
    private final Optional<List<Query>> given;

    private QuerySet(String hash, Optional<List<Query>> given) {
        this.hash = hash;
        this.given = given;
    }

    /** Queries drawn from the corpus. */
    public static QuerySet knownItems() {
        return new QuerySet("known items 1", Optional.empty());
    }

    /**
     * The queries of a file as it is now.
     *
     * @throws IllegalArgumentException if a line holds more than one TAB, or no word to search for
     * @throws IOException if it cannot be read
     */
    public static QuerySet read(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        List<Query> queries = new ArrayList<>();
        int number = 0;
        for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                queries.add(parse(line, file + ", line " + number));
            }
        }
        return new QuerySet(ContentHash.of(content), Optional.of(List.copyOf(queries)));
    }

    private static Query parse(String line, String where) {
        int tab = line.indexOf('\t');
        if (tab != line.lastIndexOf('\t')) {
            throw new IllegalArgumentException(
                    where + ": more than one TAB; expected a query, or a query, a TAB and the path of a document");
        }
        Query query = tab < 0
                ? new Query(line.strip(), "")
                : new Query(
                        line.substring(0, tab).strip(), line.substring(tab + 1).strip());
        if (query.terms().isEmpty()) {
            throw new IllegalArgumentException(where + ": the query holds no letter and no digit");
        }
        return query;
    }

    /** Changes when the queries change for another reason than a change of the corpus. */
    public String hash() {
        return hash;
    }

    /**
     * The queries to put to an index of the given documents.
     *
     * @param documents in the order of their paths
     */
    public List<Query> over(List<Document> documents) {
        return given.orElseGet(() -> draw(documents));
    }

    private static List<Query> draw(List<Document> documents) {
        Map<String, Integer> uses = new HashMap<>();
        documents.forEach(document -> uses.merge(document.summary(), 1, Integer::sum));
        return documents.stream()
                .filter(document -> uses.getOrDefault(document.summary(), 0) == 1)
                .map(document -> new Query(document.summary(), document.path()))
                .filter(query -> query.terms().size() >= FEWEST_TERMS)
                .sorted(Comparator.comparing((Query query) -> lot(query.expected()))
                        .thenComparing(Query::expected))
                .limit(MOST_KNOWN_ITEMS)
                .sorted(Comparator.comparing(Query::expected))
                .toList();
    }

    private static String lot(String path) {
        return new ContentHash().add(path).hex();
    }
}
