package dev.belfry.history.jdbc;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import com.google.common.io.ByteArrayDataOutput;
import com.google.common.io.ByteStreams;
import dev.belfry.history.HistoryRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** The hashes of the chain, all SHA-256 over texts with their lengths in front, so that no two inputs look alike. */
final class Digests {
    /** Before the first segment. */
    static final String BEGINNING = "0".repeat(64);
    /** Bytes of a row's hash that are kept to name the row. */
    static final int SHORT = 8;

    private Digests() {}

    /** The hash of one row. */
    static byte[] row(HistoryRow row) {
        ByteArrayDataOutput text = ByteStreams.newDataOutput(512);
        add(text, row.kind().name());
        for (Object value : row.values()) {
            add(text, value instanceof Instant at ? at.getEpochSecond() + "." + at.getNano() : value.toString());
        }
        return Hashing.sha256().hashBytes(text.toByteArray()).asBytes();
    }

    private static void add(ByteArrayDataOutput to, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // The byte order of the hasher's integers, by which every chain was written so far.
        to.writeInt(Integer.reverseBytes(bytes.length));
        to.write(bytes);
    }

    private static void add(Hasher hasher, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        hasher.putInt(bytes.length).putBytes(bytes);
    }

    /** Collects the hashes of a segment's rows, in their order. Not thread-safe. */
    static final class Rows {
        private final Hasher all = Hashing.sha256().newHasher();
        private byte[] digests = new byte[64 * SHORT];
        private int rows;

        void add(byte[] row) {
            all.putBytes(row);
            if ((rows + 1) * SHORT > digests.length) {
                digests = Arrays.copyOf(digests, digests.length * 2);
            }
            System.arraycopy(row, 0, digests, rows * SHORT, SHORT);
            rows++;
        }

        int count() {
            return rows;
        }

        byte[] digests() {
            return Arrays.copyOf(digests, rows * SHORT);
        }

        String hash() {
            return all.hash().toString();
        }
    }

    /** The hash of a segment, which covers that of the one before. */
    static String segment(SegmentHead head) {
        Hasher hasher = Hashing.sha256().newHasher();
        add(hasher, head.previous());
        add(hasher, Long.toString(head.segment()));
        add(hasher, head.kind());
        add(hasher, Long.toString(head.writtenAt().toEpochMilli()));
        add(hasher, head.exporter());
        add(hasher, Integer.toString(head.rows()));
        add(hasher, head.rowsHash());
        hasher.putBytes(head.digests());
        return hasher.hash().toString();
    }
}
