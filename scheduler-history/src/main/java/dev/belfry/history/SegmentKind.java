package dev.belfry.history;

import java.util.Locale;

/** What a segment of the history holds. */
public enum SegmentKind {
    /** What happened. Removed when it is old enough, if a retention is set. */
    EVENTS,
    /** What jobs were. Kept for good, since what is kept of events is proved by them. */
    DEFINITIONS,
    /** What was removed. Kept for good. */
    RETENTION;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** As it is stored: {@code events}. */
    public String text() {
        return text;
    }
}
