package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.work.ContentHash;
import dev.belfry.examples.search.work.Fields;
import dev.belfry.examples.search.work.ShardDirectory;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One look at a slice from its first file to its last, which takes over the rows that exist and makes those that do
 * not, up to a limit.
 */
final class TokenisePass {
    private static final int ROWS_PER_CHECKPOINT = 10;

    private final Corpus corpus;
    private final ShardDirectory home;
    private final Attempt attempt;
    private final int limit;
    private int made;
    private int done;

    TokenisePass(Corpus corpus, ShardDirectory home, Attempt attempt, int limit) {
        this.corpus = corpus;
        this.home = home;
        this.attempt = attempt;
        this.limit = limit;
    }

    /**
     * Fills a new file with rows.
     *
     * @param listed the content hashes of the slice by path
     * @param before the generation whose rows may be used again; empty when there is none
     * @return whether the rows are those of the whole slice
     */
    boolean run(Path rows, SortedMap<String, String> listed, String before) throws IOException {
        Path published = home.generation(before).resolve(Tokenise.ROWS);
        try (RowSource interrupted = interrupted();
                RowSource kept = RowSource.open(home.file(Tokenise.ROWS), Long.MAX_VALUE);
                RowSource known = RowSource.open(published, before.isEmpty() ? 0 : Long.MAX_VALUE);
                Writer writer = Files.newBufferedWriter(rows, StandardOpenOption.CREATE_NEW)) {
            boolean whole = true;
            for (Map.Entry<String, String> file : listed.entrySet()) {
                attempt.proceed();
                Optional<Row> row = first(List.of(interrupted, kept, known), file.getKey(), file.getValue());
                if (row.isPresent()) {
                    append(writer, row.get());
                } else if (made < limit) {
                    made++;
                    make(writer, file.getKey());
                    if (made % ROWS_PER_CHECKPOINT == 0) {
                        writer.flush();
                        checkpoint(rows, listed.size());
                    }
                } else {
                    whole = false;
                }
            }
            return whole;
        }
    }

    /** How many files of the slice have their row now. */
    int done() {
        return done;
    }

    private static Optional<Row> first(List<RowSource> sources, String path, String hash) throws IOException {
        for (RowSource source : sources) {
            Optional<Row> row = source.take(path, hash);
            if (row.isPresent()) {
                return row;
            }
        }
        return Optional.empty();
    }

    /** Hash and terms come from the same bytes, which may be newer than the listing; a file that is gone is no row. */
    private void make(Writer writer, String path) throws IOException {
        Optional<byte[]> content = corpus.read(path);
        if (content.isPresent()) {
            append(writer, Row.of(path, ContentHash.of(content.get()), content.get()));
        }
    }

    private void append(Writer writer, Row row) throws IOException {
        writer.append(row.encode()).append('\n');
        done++;
    }

    private void checkpoint(Path rows, int total) {
        String name = String.valueOf(rows.getFileName());
        attempt.checkpoint(Fields.join(name, done).getBytes(StandardCharsets.UTF_8));
        attempt.progress((double) done / total, done + " of " + total + " files");
    }

    private RowSource interrupted() throws IOException {
        Optional<byte[]> checkpoint = attempt.checkpoint();
        if (checkpoint.isEmpty()) {
            return RowSource.open(home.file("none"), 0);
        }
        List<String> fields = Fields.split(new String(checkpoint.get(), StandardCharsets.UTF_8), 2);
        return RowSource.open(home.file(fields.get(0)), Long.parseLong(fields.get(1)));
    }
}
