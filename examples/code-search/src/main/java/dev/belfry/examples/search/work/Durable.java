package dev.belfry.examples.search.work;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Files that are whole or absent after a crash of the process or of the machine. */
public final class Durable {
    private Durable() {}

    /** Writes the text of a file. */
    @FunctionalInterface
    public interface Text {
        /** Writes all of it; the writer is closed by the caller. */
        void writeTo(Writer writer) throws IOException;
    }

    /** Creates a file and returns when its bytes are on the disk. It must not exist. UTF-8, line ends as given. */
    public static void create(Path file, Text text) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                Writer writer = new BufferedWriter(new OutputStreamWriter(
                        java.nio.channels.Channels.newOutputStream(channel), StandardCharsets.UTF_8))) {
            text.writeTo(writer);
            writer.flush();
            channel.force(true);
        }
    }

    /** Renames a file or folder in one step, replacing a file of that name, and returns when that is on the disk. */
    static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        syncFolder(to);
    }

    /** Opens a file of a generation for reading. */
    public static BufferedReader open(Path file) throws IOException {
        try {
            return Files.newBufferedReader(file);
        } catch (NoSuchFileException e) {
            throw new UpstreamReplacedException(file.toString(), e);
        }
    }

    /** What a folder holds, in no defined order; empty when it does not exist. */
    static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return children;
    }

    /** Deletes a file, or a folder with all it holds; what others delete meanwhile is no error. */
    static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            for (Path child : children(path)) {
                delete(child);
            }
        }
        Files.deleteIfExists(path);
    }

    private static void syncFolder(Path child) throws IOException {
        Path folder = child.getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
