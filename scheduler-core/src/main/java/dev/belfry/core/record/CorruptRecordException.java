package dev.belfry.core.record;

/**
 * A stored record cannot be read: it is malformed, or of a newer schema. The message says which, where, why and what to
 * do. Whatever depends on that record alone stops; nothing else does.
 */
public final class CorruptRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String where;
    private final boolean newer;

    private CorruptRecordException(String where, String message, boolean newer) {
        super(message);
        this.where = where;
        this.newer = newer;
    }

    /** The record at {@code where} is malformed; {@code why} says how. */
    public static CorruptRecordException malformed(String where, String why) {
        return new CorruptRecordException(
                where,
                where + " is malformed: " + why
                        + "; somebody else may have written it. Look at it with 'zk-scripts/dump', and apply the"
                        + " definition again or let 'zk-scripts/check-tree --repair' set it aside",
                false);
    }

    /** The record at {@code where} has a schema that this version does not read. */
    public static CorruptRecordException newer(String where, int schema, int readable) {
        return new CorruptRecordException(
                where,
                where + " has schema " + schema + " but this version reads schemas up to " + readable
                        + "; it was written by a newer Belfry. Upgrade this process",
                true);
    }

    /** The path of the record. */
    public String where() {
        return where;
    }

    /** Whether it is of a newer schema, rather than malformed. */
    public boolean isNewer() {
        return newer;
    }
}
