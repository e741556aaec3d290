package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.result.Document;
import dev.belfry.examples.search.work.Durable;
import dev.belfry.examples.search.work.Fields;
import dev.belfry.examples.search.work.Manifest;
import dev.belfry.examples.search.work.ShardDirectory;
import dev.belfry.examples.search.work.UpstreamReplacedException;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The second stage: each shard merges the postings of its share of the terms from all slices into a segment of the
 * inverted index, and keeps its share of the documents' names and lengths. A segment needs nothing of the first stage
 * any more.
 */
public final class Index implements Stage {
    /** The stage's folder in the work directory. */
    public static final String NAME = "index";

    static final String TERMS = "terms";
    static final String DOCUMENTS = "documents";

    private final WorkDirectory work;

    /** @param work where the slices are, and the segments go */
    public Index(WorkDirectory work) {
        this.work = work;
    }

    @Override
    public Outcome run(int shard, int shards, Attempt attempt) throws IOException {
        ShardDirectory home = work.shard(NAME, shard);
        Optional<Manifest> current = home.claim(attempt.token());
        Optional<List<Manifest>> slices = work.published(Tokenise.NAME);
        if (slices.isEmpty()) {
            return new Outcome.Waiting("not all slices of the corpus are tokenised yet");
        }
        String input = Generation.ofIndex(Generation.inputs(slices.get()), shards);
        if (current.filter(m -> m.input().equals(input)).isPresent() && home.holds(input)) {
            return new Outcome.Unchanged(input);
        }
        List<Path> folders = new ArrayList<>();
        for (Manifest slice : slices.get()) {
            folders.add(work.shard(Tokenise.NAME, folders.size()).generation(slice.input()));
        }
        Path folder = home.temporary(attempt.token());
        attempt.proceed();
        Files.createDirectory(folder);
        try {
            build(SliceVector.open(folders), folder, new Share(shard, shards), attempt);
        } catch (UpstreamReplacedException e) {
            return new Outcome.Waiting(e.getMessage() + "; the next run takes that");
        }
        attempt.proceed();
        home.place(folder, input);
        attempt.proceed();
        home.publish(attempt.token(), shards, input, new TreeMap<>());
        return new Outcome.Published(input, "a segment of " + shards);
    }

    private record Share(int shard, int shards) {}

    private static void build(SliceVector slices, Path folder, Share share, Attempt attempt) throws IOException {
        List<Document> documents = slices.documents();
        Durable.create(folder.resolve(DOCUMENTS), text -> {
            for (int number = share.shard(); number < documents.size(); number += share.shards()) {
                Document document = documents.get(number);
                text.append(Fields.join(number, document.path(), document.length(), document.summary()))
                        .append('\n');
            }
        });
        attempt.proceed();
        AtomicLong written = new AtomicLong();
        try (TermMerge terms = slices.terms(share.shard(), share.shards())) {
            Durable.create(
                    folder.resolve(TERMS),
                    text -> terms.forEach((term, postings) -> {
                        if (written.incrementAndGet() % 256 == 0) {
                            attempt.proceed();
                        }
                        text.append(term).append('\t').append(postings.encode()).append('\n');
                    }));
        }
    }
}
