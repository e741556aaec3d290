package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.corpus.Partition;
import dev.belfry.examples.search.work.Durable;
import dev.belfry.examples.search.work.Fields;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The output of a slice: its documents in the order of their paths, its rows, and its postings cut into partitions by
 * term, in which a document is named by its place in the slice.
 *
 * @param hashes the content hashes by path
 */
record SliceFiles(SortedMap<String, String> hashes, List<String> documents, Map<String, PostingList> postings) {
    static SliceFiles invert(Path rows) throws IOException {
        SliceFiles slice = new SliceFiles(new TreeMap<>(), new ArrayList<>(), new HashMap<>());
        try (BufferedReader reader = Files.newBufferedReader(rows)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                slice.add(Row.parse(line).orElseThrow(() -> new IOException(rows + " was damaged while in use")));
            }
        }
        return slice;
    }

    private void add(Row row) {
        row.addTo(postings, documents.size());
        documents.add(Fields.join(row.path(), row.length(), row.summary()));
        hashes.put(row.path(), row.hash());
    }

    void writeTo(Path folder, Path rows, Runnable beforeEach) throws IOException {
        Durable.create(folder.resolve(Tokenise.ROWS), text -> {
            try (BufferedReader reader = Files.newBufferedReader(rows)) {
                reader.transferTo(text);
            }
        });
        beforeEach.run();
        Durable.create(folder.resolve(Tokenise.DOCUMENTS), text -> {
            for (String document : documents) {
                text.append(document).append('\n');
            }
        });
        List<List<String>> partitions = new ArrayList<>();
        for (int i = 0; i < Tokenise.PARTITIONS; i++) {
            partitions.add(new ArrayList<>());
        }
        postings.keySet().stream()
                .sorted()
                .forEach(term ->
                        partitions.get(Partition.of(term, Tokenise.PARTITIONS)).add(term));
        for (int i = 0; i < Tokenise.PARTITIONS; i++) {
            beforeEach.run();
            List<String> terms = partitions.get(i);
            Durable.create(folder.resolve(Tokenise.postings(i)), text -> {
                for (String term : terms) {
                    String list = postings.getOrDefault(term, new PostingList()).encode();
                    text.append(term).append('\t').append(list).append('\n');
                }
            });
        }
    }
}
