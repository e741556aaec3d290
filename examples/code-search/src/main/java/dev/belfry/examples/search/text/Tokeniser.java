package dev.belfry.examples.search.text;

import java.text.Normalizer;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Cuts text and source code into terms.
 *
 * <p>A word is a run of letters, digits and combining marks, after Unicode compatibility normalisation (NFKC). It is
 * cut where the case rises ({@code readLock}), before the last capital of an acronym that begins a word ({@code
 * HTTPServer}), and between letters and digits ({@code utf8}). The parts are terms, in lower case; when there are
 * several, the whole word is a term as well, so that an exact identifier finds its own file first. Each ideograph is a
 * term of its own. Terms of more than 64 characters are left out: they are data, not words.
 *
 * <p>Stateless, hence thread-safe. A term contains neither white space nor {@code :}.
 */
public final class Tokeniser {
    private static final int LONGEST = 64;

    private Tokeniser() {}

    /** Gives the terms of a text to the sink in the order of the text: the parts of a word, then the word. */
    public static void terms(String text, Consumer<String> sink) {
        String normal = Normalizer.normalize(text, Normalizer.Form.NFKC);
        int at = 0;
        while (at < normal.length()) {
            int codePoint = normal.codePointAt(at);
            int next = at + Character.charCount(codePoint);
            if (Character.isIdeographic(codePoint)) {
                emit(normal, at, next, sink);
            } else if (isWord(codePoint)) {
                next = endOfWord(normal, next);
                word(normal, at, next, sink);
            }
            at = next;
        }
    }

    private static int endOfWord(String text, int from) {
        int at = from;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            if (!isWord(codePoint) || Character.isIdeographic(codePoint)) {
                return at;
            }
            at += Character.charCount(codePoint);
        }
        return at;
    }

    private static void word(String text, int start, int end, Consumer<String> sink) {
        int part = start;
        int before = text.codePointAt(start);
        int at = start + Character.charCount(before);
        while (at < end) {
            int codePoint = text.codePointAt(at);
            int next = at + Character.charCount(codePoint);
            if (!isMark(codePoint)) {
                if (isBoundary(before, codePoint, next < end ? text.codePointAt(next) : -1)) {
                    emit(text, part, at, sink);
                    part = at;
                }
                before = codePoint;
            }
            at = next;
        }
        emit(text, part, end, sink);
        if (part > start) {
            emit(text, start, end, sink);
        }
    }

    private static boolean isBoundary(int before, int codePoint, int after) {
        if (Character.isDigit(before) != Character.isDigit(codePoint)) {
            return true;
        }
        if (!isCapital(codePoint)) {
            return false;
        }
        return !isCapital(before) || (after >= 0 && Character.isLowerCase(after));
    }

    private static void emit(String text, int start, int end, Consumer<String> sink) {
        if (end - start <= LONGEST) {
            sink.accept(text.substring(start, end).toLowerCase(Locale.ROOT));
        }
    }

    private static boolean isWord(int codePoint) {
        return Character.isLetterOrDigit(codePoint) || isMark(codePoint);
    }

    private static boolean isMark(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private static boolean isCapital(int codePoint) {
        return Character.isUpperCase(codePoint) || Character.isTitleCase(codePoint);
    }
}
