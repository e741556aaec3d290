package dev.belfry.testkit.store;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One role's view of a simulated store. */
final class SimStore implements Store {

    /** Most bytes that a request may have: what ZooKeeper's default lets through. */
    static final int REQUEST_LIMIT = 1 << 20;

    private final SimConnection connection;
    private final Executor executor;
    private final List<SimCandidacy> candidacies = new ArrayList<>(1);
    private @Nullable SessionListener listener;
    private boolean hasListener;

    SimStore(SimConnection connection, Executor executor) {
        this.connection = connection;
        this.executor = executor;
    }

    SimConnection connection() {
        return connection;
    }

    /** Runs a callback where the owner of this view wants it. */
    void call(Runnable callback) {
        executor.execute(callback);
    }

    <T> Consumer<T> on(Consumer<T> callback) {
        return value -> executor.execute(() -> callback.accept(value));
    }

    // ---- sessions

    @Override
    public void sessions(SessionListener told) {
        if (hasListener) {
            throw new IllegalStateException("this view has its listener");
        }
        hasListener = true;
        // Whatever happens between the call and this task, the listener begins with what is true in the task.
        connection.process.execute(() -> {
            listener = told;
            Session present = connection.session();
            if (present != null) {
                call(() -> told.opened(present));
                if (!connection.connected()) {
                    call(() -> told.suspended(present));
                }
            }
        });
    }

    void opened(Session session) {
        tell(told -> told.opened(session));
    }

    void suspended(Session session) {
        tell(told -> told.suspended(session));
        List.copyOf(candidacies).forEach(SimCandidacy::suspended);
    }

    void resumed(Session session) {
        tell(told -> told.resumed(session));
        List.copyOf(candidacies).forEach(SimCandidacy::resumed);
    }

    void ended(Session session) {
        tell(told -> told.ended(session));
        List.copyOf(candidacies).forEach(SimCandidacy::ended);
        candidacies.clear();
    }

    void forget(SimCandidacy candidacy) {
        candidacies.remove(candidacy);
    }

    private void tell(Consumer<SessionListener> what) {
        SessionListener told = listener;
        if (told != null) {
            executor.execute(() -> what.accept(told));
        }
    }

    // ---- requests

    @Override
    public void commit(Session session, Transaction transaction, Consumer<Commit> then) {
        String site = transaction.site();
        Request<Commit> request = new Request<>(Request.Kind.COMMIT, site, "/", Request.COMMIT, on(then));
        transaction.guards().forEach(guard -> check(guard.path()));
        transaction.writes().forEach(write -> check(write.path()));
        request.transaction = transaction;
        if (transaction.size() > REQUEST_LIMIT && session.equals(connection.session())) {
            connection.refuse(
                    request,
                    Request.Miss.REJECTED,
                    transaction.size() + " bytes at " + site + " are more than " + REQUEST_LIMIT);
        } else {
            connection.send(session, request);
        }
    }

    @Override
    public void read(Session session, String site, String path, Consumer<Read> then) {
        connection.send(session, new Request<>(Request.Kind.READ, site, check(path), Request.READ, on(then)));
    }

    @Override
    public void children(Session session, String site, String path, Consumer<Listing> then) {
        connection.send(session, new Request<>(Request.Kind.CHILDREN, site, check(path), Request.LISTING, on(then)));
    }

    @Override
    public void sync(Session session, String site, String path, Consumer<Synced> then) {
        connection.send(session, new Request<>(Request.Kind.SYNC, site, check(path), Request.SYNCED, on(then)));
    }

    @Override
    public void follow(Session session, String site, String path, Consumer<Change> changes, Consumer<Synced> then) {
        Request<Synced> request = new Request<>(Request.Kind.FOLLOW, site, check(path), Request.SYNCED, on(then));
        request.watch = new Watch(path, on(changes));
        connection.send(session, request);
    }

    @Override
    public void dropConnection(Session session) {
        connection.drop(session);
    }

    @Override
    public void giveUp(Session session) {
        connection.giveUpNow(session);
    }

    @Override
    public Candidacy stand(Session session, String path, String candidate, ElectionListener told) {
        SimCandidacy candidacy = new SimCandidacy(this, session, check(path), candidate, told);
        connection.process.execute(() -> {
            if (session.equals(connection.session())) {
                candidacies.add(candidacy);
                candidacy.start();
            }
        });
        return candidacy;
    }

    private static String check(String path) {
        if (!path.startsWith("/") || (path.length() > 1 && path.endsWith("/")) || path.contains("//")) {
            throw new IllegalArgumentException("a path is absolute and has no empty part: " + path);
        }
        return path;
    }
}
