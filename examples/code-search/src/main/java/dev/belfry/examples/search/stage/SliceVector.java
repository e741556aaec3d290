package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.result.Document;
import dev.belfry.examples.search.work.Durable;
import dev.belfry.examples.search.work.Fields;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * All slices of one generation of the corpus, and the numbers that their documents get in it: their places in the
 * order of all paths, which do not depend on how the corpus was cut.
 */
final class SliceVector {
    private record Place(Document document, int slice, int ordinal) {}

    private final List<Path> folders;
    private final List<Document> documents = new ArrayList<>();
    private final List<int[]> numbers = new ArrayList<>();

    private SliceVector(List<Path> folders) {
        this.folders = folders;
    }

    static SliceVector open(List<Path> folders) throws IOException {
        SliceVector vector = new SliceVector(folders);
        List<Place> places = new ArrayList<>();
        for (int slice = 0; slice < folders.size(); slice++) {
            int before = places.size();
            try (BufferedReader reader = Durable.open(folders.get(slice).resolve(Tokenise.DOCUMENTS))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    List<String> fields = Fields.split(line, 3);
                    Document document = new Document(fields.get(0), Integer.parseInt(fields.get(1)), fields.get(2));
                    places.add(new Place(document, slice, places.size() - before));
                }
            }
            vector.numbers.add(new int[places.size() - before]);
        }
        places.sort(Comparator.comparing(place -> place.document().path()));
        for (Place place : places) {
            vector.numbers.get(place.slice())[place.ordinal()] = vector.documents.size();
            vector.documents.add(place.document());
        }
        return vector;
    }

    /** In the order of their numbers. */
    List<Document> documents() {
        return documents;
    }

    /** The postings of one shard's terms; to be closed. */
    TermMerge terms(int shard, int shards) throws IOException {
        TermMerge merge = new TermMerge();
        try {
            for (int partition = shard; partition < Tokenise.PARTITIONS; partition += shards) {
                for (int slice = 0; slice < folders.size(); slice++) {
                    int[] own = numbers.get(slice);
                    merge.add(folders.get(slice).resolve(Tokenise.postings(partition)), ordinal -> own[ordinal]);
                }
            }
        } catch (IOException e) {
            merge.close();
            throw e;
        }
        return merge;
    }
}
