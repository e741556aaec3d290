package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.result.Document;
import dev.belfry.examples.search.result.Query;
import dev.belfry.examples.search.result.QuerySet;
import dev.belfry.examples.search.work.Durable;
import dev.belfry.examples.search.work.Manifest;
import dev.belfry.examples.search.work.ShardDirectory;
import dev.belfry.examples.search.work.UpstreamReplacedException;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The third stage: each shard answers its share of the queries from all segments of the index. */
public final class Recommend implements Stage {
    /** The stage's folder in the work directory. */
    public static final String NAME = "recommend";

    static final String ANSWERS = "answers";
    static final String INDEX = "index";
    static final String INDEX_SHARDS = "index-shards";

    private final WorkDirectory work;
    private final QuerySource queries;

    /** @param work where the index is, and the answers go */
    public Recommend(WorkDirectory work, QuerySource queries) {
        this.work = work;
        this.queries = queries;
    }

    @Override
    public Outcome run(int shard, int shards, Attempt attempt) throws IOException {
        ShardDirectory home = work.shard(NAME, shard);
        Optional<Manifest> current = home.claim(attempt.token());
        Optional<List<Manifest>> segments = work.agreed(Index.NAME);
        if (segments.isEmpty()) {
            return new Outcome.Waiting("the segments of the index are not all of one generation yet");
        }
        String index = segments.get().get(0).input();
        QuerySet set = queries.read();
        String input = Generation.ofResults(index, set.hash(), shards);
        if (current.filter(m -> m.input().equals(input)).isPresent() && home.holds(input)) {
            return new Outcome.Unchanged(input);
        }
        IndexReader reader = IndexReader.of(work, index, segments.get().size());
        Path folder = home.temporary(attempt.token());
        attempt.proceed();
        Files.createDirectory(folder);
        try {
            answer(reader, set, folder, new Share(shard, shards), attempt);
        } catch (UpstreamReplacedException e) {
            return new Outcome.Waiting(e.getMessage() + "; the next run takes that");
        }
        attempt.proceed();
        home.place(folder, input);
        SortedMap<String, String> facts = new TreeMap<>();
        facts.put(INDEX, index);
        facts.put(INDEX_SHARDS, Integer.toString(segments.get().size()));
        attempt.proceed();
        home.publish(attempt.token(), shards, input, facts);
        return new Outcome.Published(input, "a share of " + shards);
    }

    private record Share(int shard, int shards) {}

    private static void answer(IndexReader reader, QuerySet set, Path folder, Share share, Attempt attempt)
            throws IOException {
        List<Document> documents = reader.documents();
        List<Query> all = set.over(documents);
        Set<String> terms = new TreeSet<>();
        for (int i = share.shard(); i < all.size(); i += share.shards()) {
            terms.addAll(all.get(i).terms());
        }
        Ranking ranking = new Ranking(documents, reader.postings(terms, attempt::proceed));
        Durable.create(folder.resolve(ANSWERS), text -> {
            for (int i = share.shard(); i < all.size(); i += share.shards()) {
                attempt.proceed();
                text.append(ranking.answer(i, all.get(i)).encode()).append('\n');
            }
        });
    }
}
