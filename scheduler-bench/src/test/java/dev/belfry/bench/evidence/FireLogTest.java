package dev.belfry.bench.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FireLogTest {
    private static final int THREADS = 4;
    private static final int NOTES = 40_000;

    @TempDir
    Path directory;

    @Test
    void whatManyHandlersNoteAtOnceIsReadBackWholeAcrossChunks() throws IOException, InterruptedException {
        Path path = directory.resolve("fires");
        try (FireLog log = new FireLog(path)) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int job = t;
                threads.add(new Thread(() -> {
                    for (int shard = 0; shard < NOTES; shard++) {
                        log.note(1_000_000 + shard, 500_000 + shard, job, shard);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        List<Fire> fires = FireReader.read(List.of(path));
        assertThat(fires).hasSize(THREADS * NOTES).doesNotHaveDuplicates();
        assertThat(fires).allSatisfy(fire -> {
            assertThat(fire.late()).isEqualTo(500_000);
            assertThat(fire.start()).isEqualTo(1_000_000 + fire.shard());
        });
    }

    @Test
    void aLogIsReadWhileItIsWritten() throws IOException {
        Path path = directory.resolve("fires");
        try (FireLog log = new FireLog(path)) {
            log.note(7, 5, 3, 1);
            assertThat(FireReader.read(List.of(path))).containsExactly(new Fire(7, 5, 3, 1));
        }
    }

    @Test
    void aLogThatIsNotThereYetHoldsNothing() throws IOException {
        assertThat(FireReader.read(List.of(directory.resolve("none")))).isEmpty();
    }

    @Test
    void aLogIsNeverOverwritten() throws IOException {
        Path path = directory.resolve("fires");
        new FireLog(path).close();
        assertThatThrownBy(() -> new FireLog(path)).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void instantsAreKeptToTheMicrosecond() {
        assertThat(FireLog.micros(Instant.parse("1970-01-01T00:00:02.000003Z"))).isEqualTo(2_000_003);
    }
}
