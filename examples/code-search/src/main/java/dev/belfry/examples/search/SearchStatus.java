package dev.belfry.examples.search;

import dev.belfry.examples.search.result.SearchResult;
import dev.belfry.examples.search.stage.Evaluate;
import dev.belfry.examples.search.stage.Index;
import dev.belfry.examples.search.stage.Recommend;
import dev.belfry.examples.search.stage.SliceProgress;
import dev.belfry.examples.search.work.Manifest;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How far the engine has come, in one line. */
final class SearchStatus {
    private static final int SHORT_HASH = 8;

    private SearchStatus() {}

    static String line(WorkDirectory work) throws IOException {
        List<String> parts = new ArrayList<>();
        parts.add(SliceProgress.line(work));
        parts.add(stage(work, Index.NAME));
        parts.add(stage(work, Recommend.NAME));
        parts.add(evaluation(work.shard(Evaluate.NAME, 0).manifest()));
        return String.join(" · ", parts);
    }

    private static String stage(WorkDirectory work, String name) throws IOException {
        Optional<Manifest> first = work.shard(name, 0).manifest();
        if (first.isEmpty()) {
            return name + " not yet";
        }
        if (work.agreed(name).isEmpty()) {
            return name + " under way";
        }
        return name + " " + shortHash(first.get().input());
    }

    private static String evaluation(Optional<Manifest> manifest) {
        if (manifest.isEmpty()) {
            return Evaluate.NAME + " not yet";
        }
        SearchResult result = SearchResult.of(manifest.get().facts());
        return "result of " + shortHash(manifest.get().input()) + ": " + result.documents() + " documents, "
                + result.terms() + " terms, " + result.postings() + " postings, " + result.queries() + " queries, MRR "
                + result.meanReciprocalRank() + ", checksum " + shortHash(result.checksum());
    }

    private static String shortHash(String hash) {
        return hash.substring(0, Math.min(SHORT_HASH, hash.length()));
    }
}
