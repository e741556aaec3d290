package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupFileTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final List<ACL> OPEN = ZooDefs.Ids.OPEN_ACL_UNSAFE;
    private static final List<ACL> CLOSED = List.of(
            new ACL(Perms.ALL, new Id("digest", "op:hash=")), new ACL(Perms.READ, new Id("x509", "CN=a,O=\"b\"")));

    @TempDir
    Path directory;

    private Path file;
    private final List<Copied> written = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("copy");
        written.add(new Copied("/jobs", new byte[0], OPEN, NOON));
        written.add(
                new Copied("/jobs/ab", "{\"v\":1,\"name\":\"ä\\n\"}".getBytes(StandardCharsets.UTF_8), CLOSED, NOON));
        written.add(new Copied("/assignments", new byte[] {1, -1, 0, 10, 13, -128}, OPEN, NOON.plusMillis(1)));
        for (int i = 0; i < 20; i++) {
            written.add(new Copied("/ledger/" + i, ("{\"n\":" + i + "}").getBytes(StandardCharsets.UTF_8), OPEN, NOON));
        }
        try (BackupWriter writer = new BackupWriter(file, new BackupHeader("demo", NOON, 0x1f, OPEN, CLOSED))) {
            for (Copied one : written) {
                writer.add(one);
            }
            assertThat(file).doesNotExist();
            assertThat(writer.finish(0x2a)).isEqualTo(written.size());
        }
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        List<Copied> read = new ArrayList<>();
        BackupReader.Frame frame = BackupReader.read(file, read::add);
        assertThat(frame.header()).isEqualTo(new BackupHeader("demo", NOON, 0x1f, OPEN, CLOSED));
        assertThat(frame.end().zxid()).isEqualTo(0x2a);
        assertThat(read).hasSameSizeAs(written);
        for (int i = 0; i < read.size(); i++) {
            assertThat(read.get(i)).usingRecursiveComparison().isEqualTo(written.get(i));
        }
    }

    @Test
    void onlyItsOwnerMayReadItAndNothingIsLeftBesideIt() throws IOException {
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aWriterThatIsStoppedHalfWayLeavesWhatWasThere() throws IOException {
        byte[] before = Files.readAllBytes(file);
        try (BackupWriter writer = new BackupWriter(file, new BackupHeader("demo", NOON, 1, OPEN, OPEN))) {
            writer.add(written.get(0));
        }
        assertThat(file).hasBinaryContent(before);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFileThatIsCutOffAnywhereIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = java.util.Arrays.copyOf(whole, length);
            Files.write(file, part);
            assertThatThrownBy(() -> BackupReader.read(file, znode -> {}))
                    .as("first %s bytes of %s", length, whole.length)
                    .isInstanceOf(Trouble.class)
                    .hasMessageContaining("copy, line ");
        }
    }

    @Test
    void aFileOfWhichOneByteWasAlteredIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(11);
        for (int i = 0; i < whole.length; i++) {
            byte[] altered = whole.clone();
            altered[i] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, altered);
            assertThatThrownBy(() -> BackupReader.read(file, znode -> {}))
                    .as("byte %s altered, seed 11", i)
                    .isInstanceOf(Trouble.class)
                    .hasMessageContaining("copy, line ");
        }
    }

    @Test
    void linesLeftOutMovedOrAddedAreRefusedWithTheLine() throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> without = new ArrayList<>(lines);
        without.remove(5);
        refused(without, "line 6: this line, after the one of /ledger/0, was altered, or one before it was left out");
        List<String> swapped = new ArrayList<>(lines);
        java.util.Collections.swap(swapped, 4, 5);
        refused(swapped, "line 5: ");
        List<String> more = new ArrayList<>(lines);
        more.add(lines.get(4));
        refused(more, "there is something after the last line");
        refused(lines.subList(0, lines.size() - 1), "the file ends here without its last line: it was cut off");
    }

    private void refused(List<String> lines, String why) throws IOException {
        Files.write(file, lines);
        assertThatThrownBy(() -> BackupReader.read(file, znode -> {}))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining(why)
                .hasMessageContaining("Take another copy");
    }

    @Test
    void whatIsNoBackupOrOfANewerFormIsRefusedInWords() throws IOException {
        Files.writeString(file, "{\"v\":1}\n");
        assertThatThrownBy(() -> BackupReader.read(file, znode -> {}))
                .hasMessageContaining("line 1: this is not a backup of a namespace");
        String json = "{\"belfry-backup\":2,\"namespace\":\"demo\"}";
        Files.writeString(file, BackupLine.digits("", json) + " " + json + "\n");
        assertThatThrownBy(() -> BackupReader.read(file, znode -> {}))
                .hasMessageContaining("format 2, this version reads format 1")
                .hasMessageContaining("restore it with the version that wrote it");
    }
}
