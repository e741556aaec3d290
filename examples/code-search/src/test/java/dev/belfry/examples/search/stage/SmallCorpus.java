package dev.belfry.examples.search.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A folder of made-up sources and notes, the same for the same seed, that can be changed at random. */
final class SmallCorpus {
    private static final List<String> WORDS = List.of(
            "lock",
            "queue",
            "leader",
            "session",
            "watch",
            "ZNode",
            "readLock",
            "HTTPServer",
            "utf8",
            "größe",
            "分散",
            "retry",
            "cache",
            "token",
            "lease",
            "shard",
            "x_y",
            "Barrier",
            "counter",
            "path");

    private final Path root;
    private final Random random;

    SmallCorpus(Path root, long seed, int files) throws IOException {
        this.root = root;
        this.random = new Random(seed);
        Files.createDirectories(root);
        for (int i = 0; i < files; i++) {
            write(i);
        }
        Files.writeString(root.resolve(".hidden"), "not searched");
        Files.writeString(root.resolve("binary.bin"), "a\0b");
    }

    /** Writes, rewrites or deletes a file. */
    void change() {
        int file = random.nextInt(60);
        try {
            if (random.nextInt(4) == 0) {
                Files.deleteIfExists(path(file));
            } else {
                write(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(int file) throws IOException {
        Path path = path(file);
        Files.createDirectories(path.getParent());
        String body = words(5 + random.nextInt(40));
        Files.writeString(
                path,
                file % 3 == 0
                        ? "Note " + file + " says: " + words(6) + ".\n" + body + "\n"
                        : "package p" + file % 5 + ";\n\n/**\n * " + words(3 + random.nextInt(6))
                                + ". More.\n */\npublic" + " final class C" + file + " {\n    // " + body + "\n}\n");
    }

    private Path path(int file) {
        return root.resolve("p" + file % 5).resolve(file % 3 == 0 ? "note " + file + ".txt" : "C" + file + ".java");
    }

    private String words(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            // The product favours small numbers: some words are common, others rare.
            text.append(WORDS.get((int) (WORDS.size() * random.nextDouble() * random.nextDouble())))
                    .append(' ');
        }
        return text.toString().strip();
    }
}
