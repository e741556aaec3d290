package dev.belfry.store;

/**
 * A hint that a znode of a followed subtree has changed.
 *
 * @param zxid of the change, of the last where several are reported as one; -1 where the server does not tell
 */
public record Change(String path, Kind kind, long zxid) {

    /** What happened to it. */
    public enum Kind {
        CREATED,
        CHANGED,
        DELETED
    }
}
