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
                        log.note(new Fire(1_000_000 + shard, 500_000 + shard, job, shard));
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
            log.note(new Fire(7, 5, 3, 1));
            assertThat(FireReader.read(List.of(path))).containsExactly(new Fire(7, 5, 3, 1));
        }
    }

    @Test
    void aTailCountsWhatWasAddedInEveryLogAcrossChunks() throws IOException {
        Path one = directory.resolve("one");
        Path other = directory.resolve("other");
        FireTail tail = new FireTail(List.of(one, other));
        assertThat(tail.count()).isZero();
        try (FireLog log = new FireLog(one);
                FireLog second = new FireLog(other)) {
            assertThat(tail.count()).isZero();
            for (int i = 1; i <= 70_000; i++) {
                log.note(new Fire(i, i, i, 0));
            }
            assertThat(tail.count()).isEqualTo(70_000);
            second.note(new Fire(1, 1, 1, 0));
            log.note(new Fire(1, 1, 1, 0));
            assertThat(tail.count()).isEqualTo(70_002);
        }
    }

    @Test
    void howAnAttemptEndedIsAddedToItsNote() throws IOException {
        Path path = directory.resolve("fires");
        try (FireLog log = new FireLog(path)) {
            long before = FireLog.now();
            log.note(new Fire(1, 1, 1, 1));
            long second = log.note(new Fire(2, 2, 2, 2, 99, 0, 0));
            log.cancelled(second);
            long cancelled = FireReader.read(List.of(path)).get(1).cancelled();
            log.cancelled(second);
            log.ended(second);
            List<Fire> fires = FireReader.read(List.of(path));
            assertThat(fires.get(0)).isEqualTo(new Fire(1, 1, 1, 1));
            assertThat(fires.get(1).token()).isEqualTo(99);
            assertThat(fires.get(1).cancelled()).isEqualTo(cancelled).isGreaterThanOrEqualTo(before);
            assertThat(fires.get(1).ended()).isGreaterThanOrEqualTo(cancelled);
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
