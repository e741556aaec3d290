package dev.belfry.core.journal;

/**
 * How much of the journal is kept before the oldest of it makes room. The journals of a namespace together stay below {@link
 * #NAMESPACE_BYTES}; what the living write between two looks of the master comes on top.
 */
public final class JournalBounds {

    /** Bytes of all journals of a namespace. */
    public static final long NAMESPACE_BYTES = 64L << 20;
    /** Bytes of the journals of all incarnations that live. */
    public static final long LIVING_BYTES = 32L << 20;
    /** Bytes of the journals of all incarnations that are gone. */
    public static final long GONE_BYTES = 16L << 20;
    /** Incarnations that are gone whose journals are kept. */
    public static final int GONE_JOURNALS = 40;
    /** Bytes of the masters' journal in the present term, and again in all terms before. */
    public static final long TERM_BYTES = 8L << 20;
    /** Entries of the masters' journal in the present term, and again in all terms before. */
    public static final int TERM_ENTRIES = 900;

    /** Lines of small commits are added to the last entry of a journal until it holds so many bytes. */
    public static final int APPEND_BYTES = 4_096;
    /** Lines of what is written into one entry at a time. */
    public static final int LINES_AT_ONCE = 120;
    /** Bytes, by {@link FireEntry#mostBytes}, of what is written into one entry at a time. */
    public static final int BYTES_AT_ONCE = 48_000;
    /** Entries of the journal of one incarnation. */
    public static final int ENTRIES_OF_ONE = 900;
    /** Entries that make room in one transaction. */
    public static final int ENTRIES_AT_ONCE = 90;

    private static final long MOST_OF_ONE = 8L << 20;
    private static final long LEAST_OF_ONE = 32L << 10;

    private JournalBounds() {}

    /** Bytes that one of {@code living} incarnations may keep: 32 KiB to 8 MiB. */
    public static long share(int living) {
        return Math.max(LEAST_OF_ONE, Math.min(MOST_OF_ONE, LIVING_BYTES / Math.max(1, living)));
    }
}
