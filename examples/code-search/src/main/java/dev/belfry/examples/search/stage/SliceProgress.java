package dev.belfry.examples.search.stage;

import dev.belfry.examples.search.work.Durable;
import dev.belfry.examples.search.work.Fields;
import dev.belfry.examples.search.work.Manifest;
import dev.belfry.examples.search.work.ShardDirectory;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How far a slice is that is not published yet; for people to read, nothing depends on it.
 *
 * @param shards how many slices there are
 * @param done files of the slice that have their row
 */
public record SliceProgress(int shards, int done) {
    private static final String FILE = "progress";

    void keep(ShardDirectory home, Attempt attempt) throws IOException {
        Path temporary = home.temporary(attempt.token());
        Durable.create(temporary, text -> text.write(Fields.join(shards, done)));
        home.keep(temporary, FILE);
    }

    static void forget(ShardDirectory home) throws IOException {
        Files.deleteIfExists(home.file(FILE));
    }

    /** How far all slices are together, in a few words. */
    public static String line(WorkDirectory work) throws IOException {
        int shards = 1;
        int whole = 0;
        long files = 0;
        for (int shard = 0; shard < shards; shard++) {
            ShardDirectory home = work.shard(Tokenise.NAME, shard);
            Optional<SliceProgress> progress = read(home);
            Optional<Manifest> manifest = home.manifest();
            if (progress.isPresent()) {
                shards = progress.get().shards();
                files += progress.get().done();
            } else if (manifest.isPresent()) {
                shards = manifest.get().shards();
                files += manifest.get().number(Tokenise.FACT_DOCUMENTS);
                whole++;
            } else if (shard == 0) {
                return Tokenise.NAME + " not yet";
            }
        }
        return "tokenise " + whole + "/" + shards + " slices, " + files + " files";
    }

    private static Optional<SliceProgress> read(ShardDirectory home) throws IOException {
        try {
            List<String> fields = Fields.split(Files.readString(home.file(FILE)), 2);
            return Optional.of(new SliceProgress(Integer.parseInt(fields.get(0)), Integer.parseInt(fields.get(1))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
