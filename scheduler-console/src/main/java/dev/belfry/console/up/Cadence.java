package dev.belfry.console.up;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a line of progress is worth printing: one that says something else than the last, and any line when nothing
 * was printed for long. Not thread-safe.
 */
final class Cadence {
    private final Duration silence;
    private @Nullable String last;
    private Duration printedAt = Duration.ZERO;

    /** @param silence the longest time without a line */
    Cadence(Duration silence) {
        this.silence = silence;
    }

    /**
     * Whether to print now; if so it counts as printed.
     *
     * @param gist what the line says, without what changes all the time
     * @param now on any clock that does not go back
     */
    boolean due(String gist, Duration now) {
        if (gist.equals(last) && now.minus(printedAt).compareTo(silence) < 0) {
            return false;
        }
        last = gist;
        printedAt = now;
        return true;
    }
}
