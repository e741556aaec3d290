package dev.belfry.history.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.history.HistoryRow;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Chains that were written by an earlier version have to go on holding: what a row's hash is over never changes. */
class DigestsTest {

    @Test
    void hashOfARowIsOverItsValuesWithTheirLengthsInFront() throws Exception {
        for (int n = 0; n < 40; n++) {
            HistoryRow row = Samples.rows(Samples.fires(n + 1, n, 1)).get(0);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, row.kind().name());
            for (Object value : row.values()) {
                add(digest, value instanceof Instant at ? at.getEpochSecond() + "." + at.getNano() : value.toString());
            }
            assertThat(Digests.row(row)).isEqualTo(digest.digest());
        }
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .array());
        digest.update(bytes);
    }
}
