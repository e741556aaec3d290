package dev.belfry.examples.search.stage;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows made before, in the order of their paths, read once from front to back beside a sorted list of files. A file
 * that is missing has no rows; from a damaged row on, the rest is ignored.
 */
final class RowSource implements Closeable {
    private final @Nullable BufferedReader reader;
    private long remaining;
    private @Nullable Row head;

    private RowSource(@Nullable BufferedReader reader, long rows) throws IOException {
        this.reader = reader;
        this.remaining = rows;
        advance();
    }

    /** @param rows read no more than so many */
    static RowSource open(Path file, long rows) throws IOException {
        try {
            return new RowSource(Files.newBufferedReader(file), rows);
        } catch (NoSuchFileException e) {
            return new RowSource(null, 0);
        }
    }

    /** The row of a file, if it was made from that content. The paths asked for have to ascend. */
    Optional<Row> take(String path, String hash) throws IOException {
        while (head != null && head.path().compareTo(path) < 0) {
            advance();
        }
        return Optional.ofNullable(head)
                .filter(row -> row.path().equals(path) && row.hash().equals(hash));
    }

    private void advance() throws IOException {
        String line = reader == null || remaining-- <= 0 ? null : reader.readLine();
        head = line == null ? null : Row.parse(line).orElse(null);
        if (head == null) {
            remaining = 0;
        }
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
