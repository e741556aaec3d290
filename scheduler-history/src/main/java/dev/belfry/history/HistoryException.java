package dev.belfry.history;

import org.jspecify.annotations.Nullable;

/** The history could not be read or written. */
public final class HistoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What it means. */
    public enum Kind {
        /** The database cannot be reached, or was lost on the way; a write may have happened. Try again. */
        UNAVAILABLE,
        /** The database refuses: its schema, its rights or what is in it are not as they should be. */
        REFUSED
    }

    private final Kind kind;

    public HistoryException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What it means. */
    public Kind kind() {
        return kind;
    }
}
