package dev.belfry.core.record;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link RecordWriter} wrote, and trusts none of it: every length is checked against the bytes that are
 * left before anything is allocated. All methods throw {@link CorruptRecordException}. Not thread-safe.
 */
public final class RecordReader {
    private static final String REMEDY = "Something other than Belfry may have written it. The master writes it anew;"
            + " until then look at it with zk-scripts/dump";
    /** A first byte beyond this is no schema of a version to come, but garbage. */
    private static final int LIKELY_SCHEMA = 31;

    private final byte[] bytes;
    private final String what;
    private int position;

    /**
     * @param bytes the stored record; not changed
     * @param what its name in error messages
     */
    public RecordReader(byte[] bytes, String what) {
        this.bytes = bytes.clone();
        this.what = what;
    }

    /** Reads the schema version, which is the first byte of every record, and refuses those this build cannot read. */
    public int schema(int newest) {
        int version = u8();
        if (version > LIKELY_SCHEMA) {
            throw corrupt("it does not begin with a schema but with byte " + version);
        }
        if (version > newest) {
            throw new CorruptRecordException(
                    what,
                    where(),
                    "it has schema " + version + ", this build reads up to " + newest,
                    "Upgrade this process, or restore a record of schema " + newest);
        }
        if (version == 0) {
            throw corrupt("schema 0 does not exist");
        }
        return version;
    }

    /** Reads one byte, 0 to 255. */
    public int u8() {
        need(1);
        return bytes[position++] & 0xFF;
    }

    /** Reads a number of at least 0. */
    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw corrupt("a number is longer than 63 bits");
    }

    /** Reads a number from 0 to {@code most}; {@code name} says in the error what it counts. */
    public int bounded(long most, String name) {
        long value = varint();
        if (value > most) {
            throw corrupt(name + " is " + value + ", at most " + most + " is possible");
        }
        return Math.toIntExact(value);
    }

    /** Reads how many elements follow, each of at least one byte. */
    public int count(String name) {
        long value = varint();
        int left = bytes.length - position;
        if (value > left) {
            throw corrupt("number of " + name + " is " + value + ", but only " + left + " bytes follow");
        }
        return (int) value;
    }

    /** Reads eight bytes. */
    public long fixed64() {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (bytes[position++] & 0xFF);
        }
        return value;
    }

    /** Reads a text. */
    public String text() {
        int length = count("bytes of a text");
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position, length))
                    .toString();
            position += length;
            return text;
        } catch (CharacterCodingException e) {
            throw corrupt("a text is not UTF-8");
        }
    }

    /** Reads a text written by {@link RecordWriter#textAfter}. */
    public String textAfter(String previous) {
        int shared = bounded(previous.length(), "shared prefix of a text");
        return previous.substring(0, shared) + text();
    }

    /** Whether everything has been read. */
    public boolean atEnd() {
        return position == bytes.length;
    }

    /** Refuses bytes left over. */
    public void end() {
        if (position != bytes.length) {
            throw corrupt((bytes.length - position) + " bytes are left over");
        }
    }

    /** The error for a record whose parts can be read but make no sense together. */
    public CorruptRecordException corrupt(String why) {
        return new CorruptRecordException(what, where(), why, REMEDY);
    }

    private String where() {
        return "byte " + position + " of " + bytes.length;
    }

    private void need(int count) {
        if (bytes.length - position < count) {
            throw corrupt("it ends early");
        }
    }
}
