package dev.belfry.testkit.store;

import dev.belfry.store.Transaction;
import java.util.List;

/** Sees every transaction of a {@link SimEnsemble} that changed something, at the instant at which it is committed. */
@FunctionalInterface
public interface CommitListener {

    /** The site of a transaction in which the ensemble ended a session. */
    String SESSION_END = "session-end";

    /**
     * Called synchronously; {@link SimEnsemble#peek} shows the state after the transaction. What it throws ends the
     * simulation.
     *
     * @param zxid of the transaction
     * @param session in whose name it was made, or whose end it is
     * @param site of the transaction; {@link #SESSION_END} for the end of a session, {@code election} for a candidate
     * @param writes in order; at the end of a session one deletion per ephemeral
     */
    void committed(long zxid, long session, String site, List<Transaction.Write> writes);
}
