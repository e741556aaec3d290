package dev.belfry.core.job;

import java.util.Collection;

/**
 * What is wrong with a value, before it is known where the value stands.
 *
 * @param message what is wrong
 * @param expected what would be right, or empty
 * @param hint a suggestion such as "did you mean skip?", or empty
 */
record Complaint(String message, String expected, String hint) {

    private static final int LONGEST_QUOTE = 60;

    static Complaint of(String message) {
        return new Complaint(message, "", "");
    }

    Complaint expecting(String what) {
        return new Complaint(message, what, hint);
    }

    Complaint hinting(String what) {
        return new Complaint(message, expected, what);
    }

    /** Adds "did you mean" if one of the candidates is near the word that was written. */
    Complaint nearest(String word, Collection<String> candidates) {
        return NearestKey.to(word, candidates)
                .map(found -> hinting("did you mean " + found + "?"))
                .orElse(this);
    }

    /** The text in quotes, shortened and with control characters escaped, so that an error stays on one line. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        int shown = Math.min(text.length(), LONGEST_QUOTE);
        for (int i = 0; i < shown; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || Character.getType(c) == Character.FORMAT) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(shown < text.length() ? "...\"" : "\"").toString();
    }
}
