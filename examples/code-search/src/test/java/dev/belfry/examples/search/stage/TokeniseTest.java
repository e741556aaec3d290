package dev.belfry.examples.search.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.examples.search.corpus.Corpus;
import dev.belfry.examples.search.stage.ScriptedAttempt.Killed;
import dev.belfry.examples.search.work.WorkDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokeniseTest {
    private static final int FILES = 35;

    @TempDir
    Path folder;

    private Path corpus;

    @BeforeEach
    void files() throws IOException {
        corpus = Files.createDirectories(folder.resolve("corpus"));
        for (int i = 10; i < 10 + FILES; i++) {
            Files.writeString(corpus.resolve(i + ".txt"), "This is file number " + i);
        }
    }

    @Test
    void firstPassIsSpreadOverRunsOfOneBatch() throws IOException {
        Tokenise stage = stage(10);
        assertThat(stage.run(0, 1, new ScriptedAttempt(1))).isEqualTo(new Outcome.Partial(10, FILES));
        assertThat(stage.run(0, 1, new ScriptedAttempt(2))).isEqualTo(new Outcome.Partial(20, FILES));
        assertThat(stage.run(0, 1, new ScriptedAttempt(3))).isEqualTo(new Outcome.Partial(30, FILES));
        assertThat(SliceProgress.line(new WorkDirectory(folder.resolve("work"))))
                .isEqualTo("tokenise 0/1 slices, 30 files");
        assertThat(stage.run(0, 1, new ScriptedAttempt(4))).isInstanceOf(Outcome.Published.class);
        assertThat(stage.run(0, 1, new ScriptedAttempt(5))).isInstanceOf(Outcome.Unchanged.class);
    }

    @Test
    void onlyChangedFilesAreTokenisedAgain() throws IOException {
        stage(100).run(0, 1, new ScriptedAttempt(1));
        Files.writeString(corpus.resolve("20.txt"), "This is another text");
        Files.delete(corpus.resolve("21.txt"));
        assertThat(stage(1).run(0, 1, new ScriptedAttempt(2)))
                .as("in a batch of one file")
                .isInstanceOf(Outcome.Published.class);
        Files.writeString(corpus.resolve("20.txt"), "This is another text again");
        Files.writeString(corpus.resolve("30.txt"), "This is another text too");
        assertThat(stage(1).run(0, 1, new ScriptedAttempt(3))).isEqualTo(new Outcome.Partial(FILES - 2, FILES - 1));
    }

    @Test
    void nextAttemptGoesOnFromTheCheckpointOfAKilledOne() throws IOException {
        ScriptedAttempt killed = new ScriptedAttempt(1).killedAt(FILES + 26);
        assertThatThrownBy(() -> stage(100).run(0, 1, killed)).isInstanceOf(Killed.class);
        assertThat(killed.checkpoints()).isEqualTo(2);

        ScriptedAttempt next = new ScriptedAttempt(2).from(killed.checkpoint());
        assertThat(stage(FILES - 20).run(0, 1, next))
                .as("with a batch of those that were not done")
                .isInstanceOf(Outcome.Published.class);
    }

    @Test
    void checkpointWhoseRowsAreGoneOrDamagedIsNoHarm() throws IOException {
        ScriptedAttempt gone =
                new ScriptedAttempt(2).from(Optional.of("tmp-1-gone\t20".getBytes(StandardCharsets.UTF_8)));
        assertThat(stage(100).run(0, 1, gone)).isInstanceOf(Outcome.Published.class);
        Files.writeString(folder.resolve("work/tokenise/0/damaged"), "10.txt\thash\t1\t\ta:1\tffff\n");
        Files.writeString(corpus.resolve("10.txt"), "This has changed");
        ScriptedAttempt damaged =
                new ScriptedAttempt(3).from(Optional.of("damaged\t1".getBytes(StandardCharsets.UTF_8)));
        assertThat(stage(100).run(0, 1, damaged)).isInstanceOf(Outcome.Published.class);
    }

    @Test
    void fileThatChangesAfterTheListingIsPublishedAsItWasRead() throws IOException {
        ScriptedAttempt attempt = new ScriptedAttempt(1).interruptedAt(FILES + 3, () -> rewrite("44.txt"));
        Outcome first = stage(100).run(0, 1, attempt);
        assertThat(stage(100).run(0, 1, new ScriptedAttempt(2)))
                .as("nothing is left to do")
                .isEqualTo(new Outcome.Unchanged(((Outcome.Published) first).input()));
    }

    private void rewrite(String name) {
        try {
            Files.writeString(corpus.resolve(name), "This was written a moment later");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Tokenise stage(int batch) {
        WorkDirectory work = new WorkDirectory(folder.resolve("work"));
        return new Tokenise(new Corpus(corpus), work, () -> Instant.EPOCH, batch);
    }
}
