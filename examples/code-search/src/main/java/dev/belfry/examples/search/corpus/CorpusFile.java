package dev.belfry.examples.search.corpus;

import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file of the corpus as the directory lists it.
 *
 * @param path relative to the corpus, with {@code /} between its names
 * @param size in bytes
 * @param modified when it was last written
 * @param key the file system's own identity of the file, where it has one
 */
public record CorpusFile(
        String path, long size, FileTime modified, @Nullable Object key) {}
