package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.result.Document;
import dev.belfry.examples.search.work.Durable;
import dev.belfry.examples.search.work.Fields;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/** One generation of the index, read from all its segments. */
final class IndexReader {
    private final List<Path> segments;

    private IndexReader(List<Path> segments) {
        this.segments = segments;
    }

    static IndexReader of(WorkDirectory work, String input, int shards) {
        List<Path> segments = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            segments.add(work.shard(Index.NAME, shard).generation(input));
        }
        return new IndexReader(segments);
    }

    /** All documents in the order of their numbers. */
    List<Document> documents() throws IOException {
        Map<Integer, Document> byNumber = new TreeMap<>();
        for (Path segment : segments) {
            try (BufferedReader reader = Durable.open(segment.resolve(Index.DOCUMENTS))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    List<String> fields = Fields.split(line, 4);
                    int length = Integer.parseInt(fields.get(2));
                    byNumber.put(Integer.valueOf(fields.get(0)), new Document(fields.get(1), length, fields.get(3)));
                }
            }
        }
        return List.copyOf(byNumber.values());
    }

    /** The postings of those of the terms that occur in any document. */
    Map<String, PostingList> postings(Set<String> wanted, Runnable beforeEach) throws IOException {
        Map<String, PostingList> found = new HashMap<>();
        for (Path segment : segments) {
            beforeEach.run();
            try (BufferedReader reader = Durable.open(segment.resolve(Index.TERMS))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    int tab = line.indexOf('\t');
                    String term = line.substring(0, tab);
                    if (wanted.contains(term)) {
                        found.put(term, PostingList.parse(line.substring(tab + 1)));
                    }
                }
            }
        }
        return found;
    }

    /** All terms; to be closed. */
    TermMerge terms() throws IOException {
        TermMerge merge = new TermMerge();
        try {
            for (Path segment : segments) {
                merge.add(segment.resolve(Index.TERMS), IntUnaryOperator.identity());
            }
        } catch (IOException e) {
            merge.close();
            throw e;
        }
        return merge;
    }
}
