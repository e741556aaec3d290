package dev.belfry.examples.search.work;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SHA-256 over a sequence of texts and numbers. Each text is preceded by its length, so that two different sequences
 * never feed the same bytes. Not thread-safe.
 */
public final class ContentHash {
    private final MessageDigest digest = sha256();
    private final ByteBuffer word = ByteBuffer.allocate(Long.BYTES);

    /** The hash of raw bytes, as 64 hexadecimal digits. */
    public static String of(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    /** Adds a text. */
    public ContentHash add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length);
        digest.update(bytes);
        return this;
    }

    /** Adds a number. */
    public ContentHash add(long number) {
        digest.update(word.clear().putLong(number).array());
        return this;
    }

    /** The hash of all that was added, as 64 hexadecimal digits; afterwards nothing is added. */
    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
