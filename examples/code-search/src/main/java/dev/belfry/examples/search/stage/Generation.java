package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.work.ContentHash;
import dev.belfry.examples.search.work.Manifest;
import java.util.List;
import java.util.SortedMap;

/**
 * The names of generations: the hash of everything that an output is a function of, the version of the engine
 * included, so that an engine that cuts or scores differently never takes up what another has made.
 */
public final class Generation {
    private static final String ENGINE = "code-search 1";

    private Generation() {}

    /** Of a slice of the corpus: the content hashes of its files by path. */
    public static String ofSlice(int shard, int shards, SortedMap<String, String> hashes) {
        ContentHash hash = new ContentHash().add(ENGINE).add("slice").add(shard).add(shards);
        hashes.forEach((path, content) -> hash.add(path).add(content));
        return hash.hex();
    }

    /** Of the index: the vector of slices that it is built from, and into how many segments. */
    public static String ofIndex(List<String> slices, int shards) {
        ContentHash hash = new ContentHash().add(ENGINE).add("index").add(shards);
        slices.forEach(hash::add);
        return hash.hex();
    }

    /** Of the results: the index, the queries, and into how many parts they are dealt. */
    public static String ofResults(String index, String queries, int shards) {
        ContentHash hash = new ContentHash().add(ENGINE).add("results").add(shards);
        return hash.add(index).add(queries).hex();
    }

    static List<String> inputs(List<Manifest> manifests) {
        return manifests.stream().map(Manifest::input).toList();
    }
}
