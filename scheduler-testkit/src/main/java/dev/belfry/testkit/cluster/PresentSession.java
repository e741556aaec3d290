package dev.belfry.testkit.cluster;

import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.testkit.store.SimEnsemble;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Which session a connection has at present, so that a test can end it behind the back of those who use it. Not thread-safe, like
 * the simulation.
 */
public final class PresentSession {
    private @Nullable Session session;

    /**
     * @param executor of the process that has the connection
     * @param store a view of the connection that nobody else is told of sessions by
     */
    public PresentSession(Executor executor, Store store) {
        executor.execute(() -> store.sessions(new Heard()));
    }

    private final class Heard implements SessionListener {
        @Override
        public void opened(Session fresh) {
            session = fresh;
        }

        @Override
        public void suspended(Session present) {}

        @Override
        public void resumed(Session present) {}

        @Override
        public void ended(Session present) {
            session = null;
        }
    }

    /** The session; empty before the first one is opened, and between two. */
    public Optional<Session> session() {
        return Optional.ofNullable(session);
    }

    /** Ends the session, if there is one, as if it had expired. */
    public void expire(SimEnsemble ensemble) {
        session().ifPresent(ensemble::expire);
    }
}
