package dev.belfry.scripts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.zookeeper.common.PathUtils;
import org.jspecify.annotations.Nullable;

/** Reads a backup, and refuses one that is not as it was written: with the line, and what to do. */
final class BackupReader {
    /** Above any line that ZooKeeper's limit of a megabyte a znode makes. */
    private static final int LONGEST_LINE = 8 << 20;

    private static final String ANOTHER = "; nothing of it is used. Take another copy of it, or an earlier one";

    private final Path file;
    private final InputStream in;
    private final MessageDigest digest = sha256();
    /** The line that was read last: what comes before the last line is known once that is read. */
    private byte[] present = new byte[0];

    private String digits = "";
    private String lastPath = "";
    private long line;
    private long znodes;

    private BackupReader(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /** What the first and the last line of a file say. */
    record Frame(BackupHeader header, BackupEnd end) {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /**
     * Reads a file to its end. The consumer is given what is before a fault: read it once with none to know that there is no
     * fault.
     *
     * @throws Trouble if it is no backup, of a newer form, cut off or altered
     */
    static Frame read(Path file, Consumer<Copied> znodes) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return new BackupReader(file, in).all(znodes);
        } catch (NoSuchFileException e) {
            throw new Trouble(Trouble.USAGE, "there is no file " + file);
        } catch (IOException e) {
            throw new Trouble(Trouble.FINDINGS, "cannot read " + file + ": " + e);
        }
    }

    private Frame all(Consumer<Copied> consumer) throws IOException {
        JsonNode first = next();
        if (first == null || !first.has(BackupLine.FIRST)) {
            throw refused("this is not a backup of a namespace: zk-scripts/backup makes one");
        }
        if (first.get(BackupLine.FIRST).asInt() != BackupHeader.FORMAT) {
            throw refused("it is of format " + first.get(BackupLine.FIRST) + ", this version reads format "
                    + BackupHeader.FORMAT + "; restore it with the version that wrote it");
        }
        BackupHeader header = understood(first, BackupLine::header);
        while (true) {
            JsonNode json = next();
            if (json == null) {
                throw refused("the file ends here without its last line: it was cut off" + ANOTHER);
            }
            if (json.has(BackupLine.LAST)) {
                return new Frame(header, end(json, HexFormat.of().formatHex(digest.digest())));
            }
            Copied znode = understood(json, BackupLine::znode);
            PathUtils.validatePath(znode.path());
            lastPath = znode.path();
            znodes++;
            consumer.accept(znode);
        }
    }

    private BackupEnd end(JsonNode json, String sum) throws IOException {
        BackupEnd end = understood(json, BackupLine::end);
        if (end.znodes() != znodes || !end.sha256().equals(sum)) {
            throw refused("it says that " + end.znodes() + " znodes with the SHA-256 " + end.sha256()
                    + " come before it, but there are " + znodes + " with " + sum + ": lines before it were altered"
                    + ANOTHER);
        }
        if (in.read() >= 0) {
            line++;
            throw refused("there is something after the last line" + ANOTHER);
        }
        return end;
    }

    private interface Reading<T> {
        T read(JsonNode json);
    }

    private <T> T understood(JsonNode json, Reading<T> reading) {
        try {
            return reading.read(json);
        } catch (RuntimeException e) {
            throw refused("cannot be understood: " + e.getMessage() + ANOTHER);
        }
    }

    /** The next line; null at the end of the file. */
    private @Nullable JsonNode next() throws IOException {
        digest.update(present);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        int one = in.read();
        if (one < 0) {
            return null;
        }
        line++;
        for (; one >= 0 && one != '\n'; one = in.read()) {
            bytes.write(one);
            if (bytes.size() > LONGEST_LINE) {
                throw refused("this is not a line of a backup" + ANOTHER);
            }
        }
        if (one < 0) {
            throw refused("the line is not ended: the file was cut off" + ANOTHER);
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.write('\n');
        present = bytes.toByteArray();
        return parsed(text);
    }

    private JsonNode parsed(String text) {
        int space = text.indexOf(' ');
        String json = text.substring(space + 1);
        String expected = BackupLine.digits(digits, json);
        if (space != 8 || !text.startsWith(expected)) {
            throw refused(
                    line == 1
                            ? "this is not a backup of a namespace, or its beginning was altered" + ANOTHER
                            : "this line" + after() + " was altered, or one before it was left out" + ANOTHER);
        }
        digits = expected;
        try {
            return Objects.requireNonNull(BackupLine.parse(json));
        } catch (JsonProcessingException e) {
            throw refused("this line" + after() + " is not JSON" + ANOTHER);
        }
    }

    private String after() {
        return lastPath.isEmpty() ? "" : ", after the one of " + lastPath + ",";
    }

    private Trouble refused(String why) {
        return new Trouble(Trouble.FINDINGS, file + ", line " + Math.max(1, line) + ": " + why);
    }
}
