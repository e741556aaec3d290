package dev.belfry.scripts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/**
 * The file beside a backup that says to which terms restores of it have raised: one that is restored twice would hand out
 * the tokens of the first time again otherwise, since nothing in it tells of that.
 */
final class RestoreNote {
    private final Path file;

    RestoreNote(Path backup) {
        this.file = backup.resolveSibling(backup.getFileName() + ".restored");
    }

    /** Adds what it says to {@code terms}. */
    void read(Terms terms) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new Trouble(Trouble.FINDINGS, "cannot read " + file + ": " + e);
        }
        for (int i = 0; i < lines.size(); i++) {
            try {
                terms.see(Long.parseLong(lines.get(i).split(" ", 2)[0]));
            } catch (NumberFormatException e) {
                throw new Trouble(
                        Trouble.FINDINGS,
                        file + ", line " + (i + 1)
                                + ": no term at its beginning. It tells to which terms this backup was"
                                + " raised when it was restored: put it right, or remove it and give --above-token");
            }
        }
    }

    /** Notes a restore, before it is begun. */
    void add(long term, String root) {
        try {
            Files.write(
                    file,
                    (term + " " + root + " " + Instant.now() + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.DSYNC);
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.FINDINGS,
                    "cannot note in " + file + " that this backup is restored: " + e
                            + "; copy the backup, and the note if there is one, to where you may write");
        }
    }
}
