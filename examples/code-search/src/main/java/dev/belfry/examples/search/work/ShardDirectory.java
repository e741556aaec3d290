package dev.belfry.examples.search.work;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What one shard of one stage has made: generations, each in a folder named by the hash of its input, and a manifest
 * that says which of them is current.
 *
 * <p>A generation's bytes are a function of its input, so it does not matter which attempt makes it, or how often. It
 * is filled under another name, forced to the disk and renamed: a folder of that name is always whole. The manifest is
 * replaced in the same way. Hence a crash at any point leaves the state before or the state after.
 *
 * <p>Of two attempts the one with the greater fencing token wins: {@link #publish} and {@link #claim} refuse to
 * replace a manifest of a greater token. Between the comparison and the rename there is a window of microseconds in
 * which an attempt that is suspended exactly there replaces a newer manifest. That is harmless in the end: what it
 * publishes is a whole generation, of an older input, and the owner's next attempt finds that it is not the present
 * one and publishes again. The same holds for a generation removed by an attempt that was suspended within its clean-up.
 */
public final class ShardDirectory {
    private static final Pattern GENERATION = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern LEFTOVER = Pattern.compile("(?:tmp|trash)-(\\d{1,18})-.*");

    private final Path folder;
    private final String name;
    private final String writer;

    ShardDirectory(Path folder, String name, String writer) {
        this.folder = folder;
        this.name = name;
        this.writer = writer;
    }

    /** What is published now; empty when nothing is, or when the file is not a manifest of this version. */
    public Optional<Manifest> manifest() throws IOException {
        try {
            return Manifest.parse(Files.readString(manifestFile(), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The folder of a generation, whether or not it exists. */
    public Path generation(String input) {
        return folder.resolve(input);
    }

    /** Whether a generation is there; if so it is whole. */
    public boolean holds(String input) {
        return Files.isDirectory(generation(input));
    }

    /**
     * Opens an attempt: nothing is changed, except that a manifest written by another process is marked with this
     * attempt's token, which from then on keeps out the attempts of that process.
     *
     * @return the manifest, if there is one
     * @throws StaleWriterException if a newer attempt has published
     */
    public Optional<Manifest> claim(long token) throws IOException {
        Files.createDirectories(folder);
        Optional<Manifest> current = manifest();
        refuseOlder(current, token);
        if (current.isPresent() && !current.get().writer().equals(writer)) {
            replace(current.get().writtenBy(writer, token));
        }
        return current;
    }

    /** A new name for a file or folder that this attempt fills; nothing is created. Never returned twice. */
    public Path temporary(long token) {
        return folder.resolve("tmp-" + token + "-" + UUID.randomUUID());
    }

    /** A file of the shard outside its generations. */
    public Path file(String fileName) {
        return folder.resolve(fileName);
    }

    /**
     * Puts a whole folder in place as the generation of its input. If that generation is there already it stays, and
     * the folder is deleted.
     */
    public void place(Path filled, String input) throws IOException {
        if (!holds(input)) {
            try {
                Durable.rename(filled, generation(input));
                return;
            } catch (FileSystemException e) {
                // Another attempt may have placed the same bytes in between; anything else is a failure.
                if (!holds(input)) {
                    throw e;
                }
            }
        }
        Durable.delete(filled);
    }

    /**
     * Makes a placed generation the current one and removes those older than the one before it.
     *
     * @throws StaleWriterException if a newer attempt has published; nothing is changed then
     */
    public void publish(long token, int shards, String input, SortedMap<String, String> facts) throws IOException {
        Optional<Manifest> current = manifest();
        refuseOlder(current, token);
        String previous = current.map(old -> old.input().equals(input) ? old.previous() : old.input())
                .orElse("");
        replace(new Manifest(shards, input, previous, token, writer, facts));
        cleanUp(token, List.of(input, previous));
    }

    /** Renames a file of this attempt so that it becomes a file of the shard, replacing the one before. */
    public void keep(Path temporary, String fileName) throws IOException {
        Durable.rename(temporary, file(fileName));
    }

    private void refuseOlder(Optional<Manifest> current, long token) throws StaleWriterException {
        if (current.isPresent() && current.get().token() > token) {
            throw new StaleWriterException(name, token, current.get().token());
        }
    }

    private void replace(Manifest manifest) throws IOException {
        Path temporary = temporary(manifest.token());
        Durable.create(temporary, text -> text.write(manifest.encode()));
        Durable.rename(temporary, manifestFile());
    }

    private Path manifestFile() {
        return folder.resolve("manifest");
    }

    private void cleanUp(long token, List<String> kept) throws IOException {
        for (Path child : Durable.children(folder)) {
            String childName = String.valueOf(child.getFileName());
            if (GENERATION.matcher(childName).matches() && !kept.contains(childName)) {
                // Renamed first: a folder that bears the name of a generation is whole even if this stops half-way.
                Path trash = folder.resolve("trash-" + token + "-" + UUID.randomUUID());
                if (moved(child, trash)) {
                    Durable.delete(trash);
                }
            } else if (isLeftover(childName, token)) {
                Durable.delete(child);
            }
        }
    }

    private static boolean moved(Path from, Path to) throws IOException {
        try {
            Durable.rename(from, to);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Whether a temporary name belongs to an attempt that is over: one with a smaller token. */
    private static boolean isLeftover(String childName, long token) {
        var matcher = LEFTOVER.matcher(childName);
        return matcher.matches() && Long.parseLong(matcher.group(1)) < token;
    }
}
