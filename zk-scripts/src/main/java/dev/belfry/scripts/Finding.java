package dev.belfry.scripts;

/**
 * Something in a namespace that is not as it should be.
 *
 * @param path below the root of the namespace
 * @param what what was found
 * @param remedy what to do about it
 * @param movable whether setting the znode aside, with all below it, is safe and is what helps
 */
record Finding(Kind kind, String path, String what, String remedy, boolean movable) {

    /** What sort of thing it is. */
    enum Kind {
        /** No codec can read it, or it lies where its name does not belong. */
        MALFORMED,
        /** Written by a newer version: right, but not readable here. */
        NEWER,
        /** Readable, and nobody will ever use it. */
        ORPHANED,
        /** No path that this version knows. */
        UNKNOWN,
        /** Larger than what is written there may be. */
        TOO_LARGE,
        /** More children than one listing can bear. */
        CROWDED,
        /** Its ACL lets everyone in while others are closed. */
        OPEN,
        /** Not readable with the identity given. */
        DENIED
    }

    @Override
    public String toString() {
        String label = kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        return label + " " + path + ": " + what + ". " + remedy + ".";
    }
}
