package dev.belfry.examples.search;

import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.result.QuerySet;
import dev.belfry.examples.search.stage.QuerySource;
import dev.belfry.examples.search.work.WorkDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the example is told.
 *
 * @param corpus the folder that is searched
 * @param work the folder that all agents share; created when missing
 * @param queries a file of queries; null to draw them from the corpus
 * @param batch how many files a shard tokenises in one run at most; 0 for a sixth of its files
 */
record SearchSettings(Path corpus, Path work, @Nullable Path queries, int batch) {
    static final String CORPUS = "corpus";
    static final String WORK = "work";
    static final String QUERIES = "queries";
    static final String BATCH = "batch";

    SearchSettings {
        if (!Files.isDirectory(corpus)) {
            throw new IllegalArgumentException(
                    CORPUS + ": " + corpus + " is not a folder; name a folder of text files");
        }
        if (Files.exists(work) && !Files.isDirectory(work)) {
            throw new IllegalArgumentException(WORK + ": " + work + " is a file; name a folder, it need not exist yet");
        }
        if (work.startsWith(corpus) || corpus.startsWith(work)) {
            throw new IllegalArgumentException(WORK + ": " + work + " and the corpus " + corpus
                    + " lie one within the other; the engine would search its own output. Name a folder elsewhere");
        }
        if (queries != null && !Files.isReadable(queries)) {
            throw new IllegalArgumentException(QUERIES + ": " + queries
                    + " cannot be read; name a file with one query a line, and optionally a TAB and the expected path");
        }
        if (batch < 0) {
            throw new IllegalArgumentException(BATCH + ": " + batch + " is below 0; expected a number of files");
        }
    }

    /** Empty when the configuration names no corpus: then the example is not wanted. */
    static Optional<SearchSettings> from(Map<String, String> configuration) {
        String corpus = configuration.get(CORPUS);
        if (corpus == null) {
            return Optional.empty();
        }
        String work = configuration.get(WORK);
        if (work == null) {
            throw new IllegalArgumentException(WORK + ": missing; name the folder that all agents share");
        }
        String queries = configuration.get(QUERIES);
        Path queryFile = queries == null ? null : absolute(queries);
        return Optional.of(new SearchSettings(
                absolute(corpus), absolute(work), queryFile, number(configuration.getOrDefault(BATCH, "0"))));
    }

    Corpus openCorpus() {
        return new Corpus(corpus);
    }

    WorkDirectory openWork() {
        return new WorkDirectory(work);
    }

    QuerySource querySource() {
        Path file = queries;
        return file == null ? QuerySet::knownItems : () -> QuerySet.read(file);
    }

    private static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(BATCH + ": '" + text + "' is not a number of files", e);
        }
    }
}
