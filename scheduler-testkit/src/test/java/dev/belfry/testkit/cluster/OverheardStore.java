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

/** A store whose every request is overheard, by its session and its site, just before it is sent. */
record OverheardStore(Store store, Listener listener) implements Store {

    /** Hears of requests, and may keep the answers to writes, and hints, back. */
    @FunctionalInterface
    interface Listener {
        void sends(Session session, String site);

        /** The answer to a write has come; it is heard when {@code hear} is run. */
        default void answered(Session session, String site, Runnable hear) {
            hear.run();
        }

        /** A hint of a change has come; it is heard when {@code hear} is run. */
        default void hinted(Session session, String site, Runnable hear) {
            hear.run();
        }
    }

    /** Options of a cluster in which {@code listener} hears the sites of all agents' and masters' requests. */
    static ClusterOptions by(Listener listener) {
        return ClusterOptions.DEFAULT.withStore(store -> new OverheardStore(store, listener));
    }

    @Override
    public void sessions(SessionListener sessions) {
        store.sessions(sessions);
    }

    @Override
    public void commit(Session session, Transaction transaction, Consumer<Commit> then) {
        listener.sends(session, transaction.site());
        store.commit(
                session,
                transaction,
                answer -> listener.answered(session, transaction.site(), () -> then.accept(answer)));
    }

    @Override
    public void read(Session session, String site, String path, Consumer<Read> then) {
        listener.sends(session, site);
        store.read(session, site, path, then);
    }

    @Override
    public void children(Session session, String site, String path, Consumer<Listing> then) {
        listener.sends(session, site);
        store.children(session, site, path, then);
    }

    @Override
    public void sync(Session session, String site, String path, Consumer<Synced> then) {
        listener.sends(session, site);
        store.sync(session, site, path, then);
    }

    @Override
    public void follow(Session session, String site, String path, Consumer<Change> changes, Consumer<Synced> then) {
        listener.sends(session, site);
        store.follow(session, site, path, change -> listener.hinted(session, site, () -> changes.accept(change)), then);
    }

    @Override
    public void dropConnection(Session session) {
        store.dropConnection(session);
    }

    @Override
    public void giveUp(Session session) {
        store.giveUp(session);
    }

    @Override
    public Candidacy stand(Session session, String path, String candidate, ElectionListener elections) {
        return store.stand(session, path, candidate, elections);
    }
}
