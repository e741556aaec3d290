package dev.belfry.core.version;

/**
 * Who changed a job, and why.
 *
 * @param origin how the change came about
 * @param name who: an agent id for code, a user name otherwise
 * @param reason why, in the author's words; may be empty
 */
public record Author(Origin origin, String name, String reason) {

    /** How a version came about. */
    public enum Origin {
        /** Declared in the code of a service; replaces only versions of its own kind. */
        CODE,
        /** Applied from a file or by an operator. */
        OPERATOR
    }
}
