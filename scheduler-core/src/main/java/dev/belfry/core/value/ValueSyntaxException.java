package dev.belfry.core.value;

import java.util.Collection;
import java.util.List;

/** A text of this package's small languages that cannot be read: where, why, and what would be right. */
public final class ValueSyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int index;
    private final String expected;
    private final String word;
    private final transient List<String> candidates;

    /**
     * @param reason what is wrong, without a full stop
     * @param expected what would be right
     * @param index of the offending character in the text, from 0
     */
    ValueSyntaxException(String reason, String expected, int index) {
        this(reason, expected, index, "", List.of());
    }

    /** @param candidates the words of which {@code word} may have been meant to be one */
    ValueSyntaxException(String reason, String expected, int index, String word, Collection<String> candidates) {
        super(reason);
        this.expected = expected;
        this.index = index;
        this.word = word;
        this.candidates = List.copyOf(candidates);
    }

    /** The same, in a longer text that has the offending one from {@code offset} on. */
    ValueSyntaxException within(int offset) {
        return new ValueSyntaxException(reason(), expected, index + offset, word, candidates);
    }

    /** What is wrong. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /** What would be right; empty where the reason says it. */
    public String expected() {
        return expected;
    }

    /** Index of the offending character in the text, from 0; the text's length if something is missing at its end. */
    public int index() {
        return index;
    }

    /** A word that is not known, or empty. */
    public String word() {
        return word;
    }

    /** The words that are known in its place. */
    public List<String> candidates() {
        return candidates;
    }
}
