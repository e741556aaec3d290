package dev.belfry.examples.search.corpus;

import dev.belfry.examples.search.work.ContentHash;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The content hashes of a slice of the corpus, remembered from one look to the next so that an unchanged corpus costs
 * a directory listing and no reading.
 *
 * <p>A remembered hash is used while size, time and identity of the file are the same, except that a file written
 * within two seconds before it was read is read again (file times are coarse), and that all is read again every 20 s
 * (times can be set back by those who copy files). Thread-safe.
 */
public final class ContentHashes {
    private static final Duration COARSE = Duration.ofSeconds(2);
    private static final Duration TRUSTED = Duration.ofSeconds(20);

    private record Seen(
            CorpusFile file, Instant at, @Nullable String hash) {}

    private final Corpus corpus;
    private final InstantSource clock;
    private Map<String, Seen> seen = Map.of();
    private Instant readAgain = Instant.MIN;

    /** @param clock the wall clock, the one that file times are taken from */
    public ContentHashes(Corpus corpus, InstantSource clock) {
        this.corpus = corpus;
        this.clock = clock;
    }

    /**
     * The content hashes of those files that are text, by path.
     *
     * @param files the listing of the slice, as just made
     * @param beforeEach called before each file; what it throws ends the look
     */
    public synchronized SortedMap<String, String> of(List<CorpusFile> files, Runnable beforeEach) throws IOException {
        if (!clock.instant().isBefore(readAgain)) {
            seen = Map.of();
            readAgain = clock.instant().plus(TRUSTED);
        }
        Map<String, Seen> next = new HashMap<>();
        SortedMap<String, String> hashes = new TreeMap<>();
        for (CorpusFile file : files) {
            beforeEach.run();
            Seen known = seen.get(file.path());
            Seen now = known != null && isTrusted(known, file) ? known : look(file);
            next.put(file.path(), now);
            if (now.hash() != null) {
                hashes.put(file.path(), now.hash());
            }
        }
        seen = next;
        return hashes;
    }

    private static boolean isTrusted(Seen known, CorpusFile file) {
        return known.file().equals(file)
                && file.modified().toInstant().isBefore(known.at().minus(COARSE));
    }

    private Seen look(CorpusFile file) throws IOException {
        Instant at = clock.instant();
        return new Seen(file, at, corpus.read(file.path()).map(ContentHash::of).orElse(null));
    }
}
