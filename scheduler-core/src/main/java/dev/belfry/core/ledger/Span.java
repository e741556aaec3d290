package dev.belfry.core.ledger;

import java.time.Instant;

/**
 * Consecutive scheduled fires above the low-water mark that share one state. Most spans hold one fire; a long attempt
 * with {@code overlap: skip} leaves one long span of skips above it.
 *
 * @param first the first fire of it
 * @param last the last fire of it
 * @param count how many fires
 */
public record Span(Instant first, Instant last, long count, Mark mark) {

    public Span {
        if (count < 1 || first.isAfter(last) || (count == 1 && !first.equals(last))) {
            throw new IllegalArgumentException("not a span of fires: " + first + " to " + last + ", count " + count);
        }
        if (count > 1 && !(mark instanceof Mark.Final)) {
            throw new IllegalArgumentException("only final fires share a span");
        }
    }

    /** One fire. */
    public static Span of(Instant fire, Mark mark) {
        return new Span(fire, fire, 1, mark);
    }

    /** Whether {@code fire} lies in it. */
    public boolean covers(Instant fire) {
        return !fire.isBefore(first) && !fire.isAfter(last);
    }
}
