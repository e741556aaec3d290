package dev.belfry.core.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Appends the primitive parts of a binary record to a growing buffer. Numbers are unsigned LEB128 varints unless said
 * otherwise; text is its length in bytes and then UTF-8. Not thread-safe.
 */
public final class RecordWriter {
    private byte[] bytes = new byte[256];
    private int size;

    /** Appends one byte, 0 to 255. */
    public RecordWriter u8(int value) {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException("not a byte: " + value);
        }
        reserve(1);
        bytes[size++] = (byte) value;
        return this;
    }

    /** Appends a number of at least 0 in one to nine bytes. */
    public RecordWriter varint(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("a varint holds no negative number: " + value);
        }
        reserve(10);
        long rest = value;
        while (rest > 0x7F) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    /** Appends any 64-bit value in eight bytes, most significant first. */
    public RecordWriter fixed64(long value) {
        reserve(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
        return this;
    }

    /** Appends a text. */
    public RecordWriter text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        varint(utf8.length);
        reserve(utf8.length);
        System.arraycopy(utf8, 0, bytes, size, utf8.length);
        size += utf8.length;
        return this;
    }

    /** Appends a text as the length of the prefix that it shares with {@code previous}, and the rest. */
    public RecordWriter textAfter(String previous, String value) {
        int shared = 0;
        int most = Math.min(previous.length(), value.length());
        while (shared < most && previous.charAt(shared) == value.charAt(shared)) {
            shared++;
        }
        return varint(shared).text(value.substring(shared));
    }

    /** Bytes written so far. */
    public int size() {
        return size;
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
