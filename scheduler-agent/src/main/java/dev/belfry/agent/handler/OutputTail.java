package dev.belfry.agent.handler;

import java.nio.charset.StandardCharsets;

/** The last bytes of an output of any length. Thread-safe. */
final class OutputTail {
    static final int MOST_BYTES = 16 * 1024;

    private final byte[] ring = new byte[MOST_BYTES];
    private long written;

    synchronized void write(byte[] bytes, int from, int count) {
        int skip = Math.max(0, count - MOST_BYTES);
        written += skip;
        for (int i = from + skip; i < from + count; i++) {
            ring[(int) (written++ % MOST_BYTES)] = bytes[i];
        }
    }

    /** Bytes that came before those kept. */
    synchronized long dropped() {
        return Math.max(0, written - MOST_BYTES);
    }

    /** What is kept, as text that is safe to print: control characters other than tab and line feed become spaces. */
    synchronized String text() {
        int kept = (int) Math.min(written, MOST_BYTES);
        byte[] bytes = new byte[kept];
        for (int i = 0; i < kept; i++) {
            bytes[i] = ring[(int) ((written - kept + i) % MOST_BYTES)];
        }
        int start = 0;
        while (dropped() > 0 && start < Math.min(3, kept) && (bytes[start] & 0xC0) == 0x80) {
            start++; // the rest of a character whose beginning was dropped
        }
        return printable(new String(bytes, start, kept - start, StandardCharsets.UTF_8));
    }

    static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? ' ' : c)
                .forEach(printable::appendCodePoint);
        return printable.toString().strip();
    }
}
