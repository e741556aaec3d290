package dev.belfry.agent.client;

import static java.util.Objects.requireNonNull;

/** A request of a client came to nothing. The message says what was asked, why it failed and what to do. */
public final class ClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a failure means for the caller. */
    public enum Kind {
        /** The store could not be reached in time; nothing happened, the same may be asked again. */
        UNAVAILABLE,
        /** The queue takes no runs at present; nothing happened, the same may be asked again once it has room. */
        FULL,
        /** The store refuses, by an ACL or a limit; asking again does not help. */
        REJECTED,
        /** The store could not be reached in time and a write may have taken effect: look before asking again. */
        INDETERMINATE
    }

    private final Kind kind;

    public ClientException(Kind kind, String message) {
        super(requireNonNull(message));
        this.kind = requireNonNull(kind);
    }

    public Kind kind() {
        return kind;
    }
}
