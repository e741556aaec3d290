package dev.belfry.core.record;

import static java.util.Objects.requireNonNull;

/**
 * A stored record cannot be read: truncated, garbled, or written by a newer schema. The message names the record, the
 * place of the fault, the reason and the remedy. Nothing of the record has been used when this is thrown.
 */
public final class CorruptRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final String where;

    /**
     * @param what which record, for instance {@code assignment bucket 17}
     * @param where the place inside it, for instance {@code byte 40 of 212}
     * @param why what was found, and what was expected
     * @param remedy what an operator does about it, as a sentence without its full stop
     */
    public CorruptRecordException(String what, String where, String why, String remedy) {
        super(requireNonNull(what) + " cannot be read: " + requireNonNull(why) + place(what, where) + ". "
                + requireNonNull(remedy) + ".");
        this.what = what;
        this.where = where;
    }

    /** The place, unless all that is known of it is the record. */
    private static String place(String what, String where) {
        return where.equals(what) ? "" : " (at " + where + ")";
    }

    /** The record at {@code path} is malformed; {@code why} says how. */
    public static CorruptRecordException malformed(String path, String why) {
        return new CorruptRecordException(
                path,
                path,
                why,
                "Something other than Belfry may have written it. Look at it with zk-scripts/dump and set it aside"
                        + " with zk-scripts/check-tree --repair; a definition is then applied again");
    }

    /** The record at {@code path} has a schema that this version does not read. */
    public static CorruptRecordException newer(String path, long schema, int readable) {
        return new CorruptRecordException(
                path,
                path,
                "it has schema " + schema + ", this version reads schemas up to " + readable,
                "It was written by a newer Belfry: upgrade this process");
    }

    /** Which record could not be read. */
    public String what() {
        return what;
    }

    /** The place inside the record. */
    public String where() {
        return where;
    }
}
