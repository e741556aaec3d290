package dev.belfry.store;

import java.time.Instant;
import java.util.List;

/** What became of a transaction. */
public sealed interface Commit {

    /**
     * Where and when a write took effect.
     *
     * @param version of the znode after the write; 0 for a create, -1 for a delete
     * @param zxid of the transaction; -1 if the store does not tell, which it need not for a transaction without a {@link
     *     Transaction.Put}
     * @param modified the ensemble's clock at the write; {@link Instant#EPOCH} for a delete, and for a create whose zxid
     *     is not told: read the znode if it matters
     */
    record Stamp(int version, long zxid, Instant modified) {}

    /** All of it took effect; one stamp per write, in order. */
    record Applied(List<Stamp> stamps) implements Commit {
        public Applied {
            stamps = List.copyOf(stamps);
        }
    }

    /** Nothing happened: the guard with this index does not hold. The writer has to stop acting in this role. */
    record Fenced(int guard, String path) implements Commit {}

    /** Nothing happened: the write with this index found something other than it expected. */
    record Conflict(int write, String path, Reason reason) implements Commit {}

    /** Why a write was refused. */
    enum Reason {
        /** The znode is at another version. */
        VERSION,
        /** The znode to create exists. */
        EXISTS,
        /** The znode to write or delete, or the parent of the one to create, does not exist. */
        MISSING,
        /** The znode to delete has children. */
        NOT_EMPTY
    }

    /** Nothing happened and nothing will; the same transaction may be sent again later. */
    record Unavailable(String why) implements Commit {}

    /** Nothing happened, and sending it again will not help: refused by ACL, or over a size limit. */
    record Rejected(String why) implements Commit {}

    /**
     * It may have happened or may still happen before the next {@link Store#sync} of this session is answered. Wait for
     * {@link SessionListener#resumed}, sync, read back, compare.
     */
    record Indeterminate(String why) implements Commit {}

    /** The session is over. The transaction may have been applied before its end; it will not be applied from here on. */
    record SessionOver(String why) implements Commit {}
}
