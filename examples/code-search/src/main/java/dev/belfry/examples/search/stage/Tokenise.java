package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.corpus.ContentHashes;
import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.corpus.CorpusFile;
import dev.belfry.examples.search.corpus.Partition;
import dev.belfry.examples.search.work.Manifest;
import dev.belfry.examples.search.work.ShardDirectory;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The first stage: each shard cuts its slice of the files into terms and turns them into postings.
 *
 * <p>It tokenises only files whose content it has not met at that path, and at most a batch of them in one run; the
 * rows made so far are kept for the next run in the file {@code rows}, and within a run for the next attempt through
 * the checkpoint. A slice is published when all of it is done, under the hash of what was really read: a file that
 * changes meanwhile is found different by the next run.
 */
public final class Tokenise implements Stage {
    /** The stage's folder in the work directory. */
    public static final String NAME = "tokenise";

    /** Into how many files each slice's postings are cut, by term: the most shards of the index that have work. */
    static final int PARTITIONS = 8;

    static final String DOCUMENTS = "documents";
    static final String ROWS = "rows";
    static final String FACT_DOCUMENTS = "documents";

    private static final int SMALLEST_BATCH = 25;
    private static final int RUNS_PER_SLICE = 6;

    private final Corpus corpus;
    private final WorkDirectory work;
    private final InstantSource clock;
    private final int batch;
    private final Map<String, ContentHashes> hashes = new ConcurrentHashMap<>();

    /**
     * @param batch how many files are tokenised in one run of a shard at most; 0 for a sixth of the slice, but no less
     *     than 25, so that a first pass is spread over a few runs
     */
    public Tokenise(Corpus corpus, WorkDirectory work, InstantSource clock, int batch) {
        this.corpus = corpus;
        this.work = work;
        this.clock = clock;
        this.batch = batch;
    }

    static String postings(int partition) {
        return "postings-" + partition;
    }

    @Override
    public Outcome run(int shard, int shards, Attempt attempt) throws IOException {
        ShardDirectory home = work.shard(NAME, shard);
        Optional<Manifest> current = home.claim(attempt.token());
        List<CorpusFile> files = corpus.files(path -> Partition.of(path, shards) == shard);
        SortedMap<String, String> listed = hashes.computeIfAbsent(
                        shard + "/" + shards, slice -> new ContentHashes(corpus, clock))
                .of(files, attempt::proceed);
        String input = Generation.ofSlice(shard, shards, listed);
        boolean sameShards = current.filter(m -> m.shards() == shards).isPresent();
        String before = current.map(Manifest::input).orElse("");
        if (sameShards && before.equals(input) && home.holds(input)) {
            return new Outcome.Unchanged(input);
        }
        Path rows = home.temporary(attempt.token());
        int limit = batch > 0 ? batch : Math.max(SMALLEST_BATCH, listed.size() / RUNS_PER_SLICE + 1);
        TokenisePass pass = new TokenisePass(corpus, home, attempt, limit);
        if (!pass.run(rows, listed, before)) {
            attempt.proceed();
            home.keep(rows, ROWS);
            new SliceProgress(shards, pass.done()).keep(home, attempt);
            return new Outcome.Partial(pass.done(), listed.size());
        }
        return publish(home, new Slice(shard, shards, rows), attempt);
    }

    private record Slice(int shard, int shards, Path rows) {}

    private Outcome publish(ShardDirectory home, Slice slice, Attempt attempt) throws IOException {
        SliceFiles output = SliceFiles.invert(slice.rows());
        String input = Generation.ofSlice(slice.shard(), slice.shards(), output.hashes());
        Path folder = home.temporary(attempt.token());
        attempt.proceed();
        Files.createDirectory(folder);
        output.writeTo(folder, slice.rows(), attempt::proceed);
        attempt.proceed();
        home.place(folder, input);
        attempt.proceed();
        SortedMap<String, String> facts = new TreeMap<>();
        facts.put(FACT_DOCUMENTS, Integer.toString(output.hashes().size()));
        home.publish(attempt.token(), slice.shards(), input, facts);
        attempt.proceed();
        Files.deleteIfExists(slice.rows());
        Files.deleteIfExists(home.file(ROWS));
        SliceProgress.forget(home);
        return new Outcome.Published(input, output.hashes().size() + " documents");
    }
}
