package dev.belfry.testkit.cluster;

import dev.belfry.store.Candidacy;
import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A store through which a rule is broken on purpose: it changes transactions, reads or sessions on their way. */
final class BrokenStore implements Store {
    private final Store store;
    private final UnaryOperator<Transaction> writes;
    private final UnaryOperator<Read> reads;

    private BrokenStore(Store store, UnaryOperator<Transaction> writes, UnaryOperator<Read> reads) {
        this.store = store;
        this.writes = writes;
        this.reads = reads;
    }

    /** Changes every transaction. */
    static UnaryOperator<Store> writing(UnaryOperator<Transaction> change) {
        return store -> new BrokenStore(store, change, UnaryOperator.identity());
    }

    /** Changes what every read finds. */
    static UnaryOperator<Store> reading(UnaryOperator<Read> change) {
        return store -> new BrokenStore(store, UnaryOperator.identity(), change);
    }

    @Override
    public void sessions(SessionListener listener) {
        store.sessions(listener);
    }

    @Override
    public void commit(Session session, Transaction transaction, Consumer<Commit> then) {
        store.commit(session, writes.apply(transaction), then);
    }

    @Override
    public void read(Session session, String site, String path, Consumer<Read> then) {
        store.read(session, site, path, answer -> then.accept(reads.apply(answer)));
    }

    @Override
    public void children(Session session, String site, String path, Consumer<Listing> then) {
        store.children(session, site, path, then);
    }

    @Override
    public void sync(Session session, String site, String path, Consumer<Synced> then) {
        store.sync(session, site, path, then);
    }

    @Override
    public void follow(Session session, String site, String path, Consumer<Change> changes, Consumer<Synced> then) {
        store.follow(session, site, path, changes, then);
    }

    @Override
    public void dropConnection(Session session) {
        store.dropConnection(session);
    }

    @Override
    public Candidacy stand(Session session, String path, String candidate, ElectionListener listener) {
        return store.stand(session, path, candidate, listener);
    }
}
