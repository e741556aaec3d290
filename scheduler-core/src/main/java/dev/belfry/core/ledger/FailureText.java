package dev.belfry.core.ledger;

/**
 * What is recorded of what user code says about its failure: one line without control characters, of bounded size, so that
 * records keep below their bounds whatever it says. Pure functions.
 */
public final class FailureText {

    /** Bytes, as UTF-8, of a reason in the journal, and of the newest of the recent outcomes in a ledger. */
    public static final int MOST_BYTES = 1_024;
    /** Bytes, as UTF-8, of a reason anywhere else in a ledger, which may hold many. */
    public static final int BRIEF_BYTES = 120;

    private static final String CUT = "...";

    private FailureText() {}

    /**
     * The text on one line and with at most {@link #MOST_BYTES}: line breaks become {@code " | "}, runs of other control
     * characters and spaces one space. The end is cut off where it is too long.
     */
    public static String of(String text) {
        return cut(oneLine(text), MOST_BYTES);
    }

    /** The beginning of a reason, with at most {@link #BRIEF_BYTES}. */
    public static String brief(String reason) {
        return cut(reason, BRIEF_BYTES);
    }

    /** The end of a text on one line, with at most so many bytes: of an output the last words tell most. */
    public static String tail(String text, int mostBytes) {
        String line = oneLine(text);
        if (utf8(line) <= mostBytes) {
            return line;
        }
        int bytes = CUT.length();
        int from = line.length();
        while (bytes + bytes(line.codePointBefore(from)) <= mostBytes) {
            bytes += bytes(line.codePointBefore(from));
            from -= Character.charCount(line.codePointBefore(from));
        }
        return CUT + line.substring(from);
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), MOST_BYTES));
        boolean broken = false;
        boolean gap = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
            if (Character.isISOControl(c) || Character.isWhitespace(c) || half) {
                broken |= c == '\n';
                gap = true;
                continue;
            }
            if (gap && !line.isEmpty()) {
                line.append(broken ? " | " : " ");
            }
            gap = false;
            broken = false;
            line.appendCodePoint(c);
        }
        return line.toString();
    }

    /** The beginning of a text, with at most so many bytes. */
    public static String cut(String text, int mostBytes) {
        if (text.length() * 3 <= mostBytes || utf8(text) <= mostBytes) {
            return text;
        }
        int bytes = CUT.length();
        int end = 0;
        while (bytes + bytes(text.codePointAt(end)) <= mostBytes) {
            bytes += bytes(text.codePointAt(end));
            end += Character.charCount(text.codePointAt(end));
        }
        return text.substring(0, end) + CUT;
    }

    /** Bytes of a text as UTF-8. */
    public static int utf8(String text) {
        return text.codePoints().map(FailureText::bytes).sum();
    }

    private static int bytes(int c) {
        if (c < 0x80) {
            return 1;
        }
        if (c < 0x800) {
            return 2;
        }
        return c < 0x10000 ? 3 : 4;
    }
}
