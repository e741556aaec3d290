package dev.belfry.master;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.Epoch;
import dev.belfry.core.ownership.Lease;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Commit;
import dev.belfry.store.Session;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import java.time.Duration;

/**
 * A term as it is in the epoch: what every transaction of its office checks (rule R1).
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class Term {
    private final Store store;
    private final Session session;
    private final Incarnation self;
    private Epoch epoch;
    private final long zxid;
    private int version;
    private boolean raising;
    private boolean ended;

    /** @param written the epoch's znode, as this term wrote it */
    Term(Store store, Session session, Incarnation self, Epoch epoch, Commit.Stamp written) {
        this.store = store;
        this.session = session;
        this.self = self;
        this.epoch = epoch;
        this.version = written.version();
        this.zxid = written.zxid();
    }

    long number() {
        return epoch.term();
    }

    /** The longest session time-out of any incarnation that was ever given anything. */
    Duration longestTimeout() {
        return epoch.longestTimeout();
    }

    /** No lease in the namespace is longer. */
    Duration longestLease() {
        return Lease.length(epoch.longestTimeout());
    }

    /** Of the transaction with which the term began; an office does not outlive the leader of the ensemble that it began under. */
    long zxid() {
        return zxid;
    }

    int version() {
        return version;
    }

    /** A transaction that checks the epoch. */
    Transaction.Builder fence(String site) {
        return Transaction.at(site).atVersion(Paths.EPOCH, version);
    }

    /** Whether the epoch is being written: what is sent meanwhile would be refused. */
    boolean raising() {
        return raising;
    }

    void end() {
        ended = true;
    }

    /**
     * Has the epoch say that there are sessions as long as this. To be done before an incarnation with such a session is given
     * anything: a later master that never saw it alive waits for it long enough.
     *
     * @param raised called once the epoch says so
     * @param lost called if that is not known: a new term settles it
     * @return whether it has yet to be said
     */
    boolean raise(Duration longest, Runnable raised, Runnable lost) {
        if (raising || longest.compareTo(epoch.longestTimeout()) <= 0) {
            return raising;
        }
        raising = true;
        Epoch next = new Epoch(epoch.term(), self.name(), longest);
        Transaction transaction = Transaction.at("epoch-raise")
                .put(Paths.EPOCH, next.encode(), version)
                .build();
        store.commit(session, transaction, answer -> {
            raising = false;
            if (answer instanceof Commit.Applied) {
                epoch = next;
                version++;
                raised.run();
            } else if (!ended) {
                lost.run();
            }
        });
        return true;
    }
}
