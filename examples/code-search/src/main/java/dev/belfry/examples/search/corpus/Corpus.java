package dev.belfry.examples.search.corpus;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A folder of text files. Left out are hidden files and folders, symbolic links, files above 4 MiB, files that may not
 * be read, and files with a zero byte in their first 8,192 bytes, which are not text.
 *
 * <p>Nothing is held open between calls, so the folder may change at any time: a file that is gone when it is to be
 * read counts as never listed. Thread-safe.
 *
 * @param root the folder
 */
public record Corpus(Path root) {
    private static final long LARGEST = 4L << 20;
    private static final int PROBE = 8192;

    /**
     * The files that may be text, in the order of their paths.
     *
     * @param wanted tells by its path whether a file is to be listed
     * @throws IOException if the folder is missing or cannot be listed
     */
    public List<CorpusFile> files(Predicate<String> wanted) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root + " (the corpus: it has to be a folder of text files)");
        }
        List<CorpusFile> files = new ArrayList<>();
        Files.walkFileTree(root, new Listing(files, wanted));
        files.sort(Comparator.comparing(CorpusFile::path));
        return files;
    }

    /** The content of a file as it is now; empty when it is gone, may not be read, or is not text. */
    public Optional<byte[]> read(String path) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(root.resolve(path));
        } catch (NoSuchFileException | AccessDeniedException e) {
            return Optional.empty();
        }
        return content.length <= LARGEST && isText(content) ? Optional.of(content) : Optional.empty();
    }

    private static boolean isText(byte[] content) {
        for (int i = 0; i < Math.min(content.length, PROBE); i++) {
            if (content[i] == 0) {
                return false;
            }
        }
        return true;
    }

    private final class Listing extends SimpleFileVisitor<Path> {
        private final List<CorpusFile> files;
        private final Predicate<String> wanted;

        Listing(List<CorpusFile> files, Predicate<String> wanted) {
            this.files = files;
            this.wanted = wanted;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(root) && isHidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !isHidden(file) && attributes.size() <= LARGEST) {
                String path = root.relativize(file).toString().replace('\\', '/');
                if (wanted.test(path)) {
                    files.add(new CorpusFile(
                            path, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey()));
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException || failure instanceof AccessDeniedException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, java.io.@org.jspecify.annotations.Nullable IOException e)
                throws IOException {
            // A folder that vanishes while it is listed has no files; any other failure must not shrink the corpus.
            if (e != null && !(e instanceof NoSuchFileException)) {
                throw e;
            }
            return FileVisitResult.CONTINUE;
        }

        private static boolean isHidden(Path path) {
            Path name = path.getFileName();
            return name != null && name.toString().startsWith(".");
        }
    }
}
