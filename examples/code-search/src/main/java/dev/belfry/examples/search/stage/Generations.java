package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.corpus.CorpusFile;
import dev.belfry.examples.search.corpus.Partition;
import dev.belfry.examples.search.result.QuerySet;
import dev.belfry.examples.search.work.ContentHash;
import dev.belfry.examples.search.work.Manifest;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** How the published generations of the four stages hang together. */
public final class Generations {
    private Generations() {}

    /** Whether every stage has published what follows from the corpus and the queries as they are now. */
    public static boolean settled(Corpus corpus, WorkDirectory work, QuerySet queries) throws IOException {
        Optional<List<Manifest>> slices = work.published(Tokenise.NAME);
        Optional<List<Manifest>> segments = work.agreed(Index.NAME);
        Optional<List<Manifest>> answers = work.agreed(Recommend.NAME);
        Optional<Manifest> report = work.shard(Evaluate.NAME, 0).manifest();
        if (slices.isEmpty() || segments.isEmpty() || answers.isEmpty() || report.isEmpty()) {
            return false;
        }
        List<String> inputs = Generation.inputs(slices.get());
        String index = Generation.ofIndex(inputs, segments.get().size());
        String results =
                Generation.ofResults(index, queries.hash(), answers.get().size());
        // The chain first, which is cheap; the corpus is read only when that holds.
        return segments.get().get(0).input().equals(index)
                && answers.get().get(0).input().equals(results)
                && report.get().input().equals(results)
                && inputs.equals(present(corpus, inputs.size()));
    }

    private static List<String> present(Corpus corpus, int shards) throws IOException {
        List<SortedMap<String, String>> slices = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            slices.add(new TreeMap<>());
        }
        for (CorpusFile file : corpus.files(path -> true)) {
            Optional<byte[]> content = corpus.read(file.path());
            if (content.isPresent()) {
                slices.get(Partition.of(file.path(), shards)).put(file.path(), ContentHash.of(content.get()));
            }
        }
        List<String> inputs = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            inputs.add(Generation.ofSlice(shard, shards, slices.get(shard)));
        }
        return inputs;
    }
}
