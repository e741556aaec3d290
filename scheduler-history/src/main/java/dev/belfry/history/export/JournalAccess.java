package dev.belfry.history.export;

import dev.belfry.agent.loop.ThreadLoop;
import dev.belfry.core.record.Paths;
import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.Failure;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import dev.belfry.store.Znode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes the journal, waiting for each answer, and collects what has changed in it meanwhile.
 *
 * <p>Thread-safe, but meant for one thread. What does not answer in time, or refuses, is an {@link AwayException}.
 */
final class JournalAccess implements SessionListener, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration CLOSING = Duration.ofSeconds(2);
    /** Reads asked for at once; those before them may be given away meanwhile. */
    private static final int WINDOW = 64;

    private final ThreadLoop loop;
    private final Store store;
    private final Subtree journals = new Subtree();
    private final Subtree jobs = new Subtree();
    private @Nullable Session session;
    private boolean connected;
    private boolean hurried;

    JournalAccess(StoreConnection connection) {
        this(connection, "belfry-exporter-store");
    }

    /** @param name of its thread */
    JournalAccess(StoreConnection connection, String name) {
        this.loop = ThreadLoop.start(name);
        this.store = connection.view(loop);
        store.sessions(this);
    }

    // --- sessions, on the loop

    @Override
    public void opened(Session fresh) {
        up(fresh);
        follow(fresh, Paths.JOURNAL, journals);
        follow(fresh, Paths.JOBS, jobs);
    }

    private void follow(Session on, String path, Subtree subtree) {
        store.follow(on, "export-follow", path, subtree::changed, armed -> {
            if (armed instanceof Synced.Failed) {
                // The next session, or the next full look, makes up for it.
                subtree.lookAtEverything();
            }
        });
    }

    @Override
    public void resumed(Session present) {
        up(present);
    }

    @Override
    public synchronized void suspended(Session present) {
        connected = false;
    }

    @Override
    public synchronized void ended(Session present) {
        connected = false;
        session = null;
    }

    private synchronized void up(Session present) {
        session = present;
        connected = true;
        journals.lookAtEverything();
        jobs.lookAtEverything();
        notifyAll();
    }

    /** Paths below one that have changed since somebody asked. Thread-safe. */
    static final class Subtree {
        private final Set<String> changed = new HashSet<>();
        private boolean everything = true;

        private synchronized void changed(Change change) {
            changed.add(change.path());
        }

        synchronized void lookAtEverything() {
            everything = true;
        }

        /** What has changed since the last call; empty if that is not known, and all of it has to be looked at. */
        synchronized Optional<Set<String>> changes() {
            Optional<Set<String>> known = everything ? Optional.empty() : Optional.of(Set.copyOf(changed));
            everything = false;
            changed.clear();
            return known;
        }
    }

    /** Below {@code /journal}. */
    Subtree journals() {
        return journals;
    }

    /** Below {@code /jobs}. */
    Subtree jobs() {
        return jobs;
    }

    /** The session that has a connection; waits for one a while. */
    synchronized Session session() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!connected || session == null) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || hurried) {
                throw new AwayException("ZooKeeper cannot be reached");
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AwayException("interrupted");
            }
        }
        return session;
    }

    /** Has nobody wait for a connection any more. */
    synchronized void hurry() {
        hurried = true;
        notifyAll();
    }

    // --- requests

    private <T> CompletableFuture<T> asked(BiConsumer<Session, Consumer<T>> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        request.accept(session(), answer::complete);
        return answer;
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AwayException("interrupted");
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer of the store cannot fail", e);
        } catch (TimeoutException e) {
            throw new AwayException("ZooKeeper did not answer within " + PATIENCE.toSeconds() + " s");
        }
    }

    private static AwayException away(String what, Failure failure) {
        return new AwayException(what + ": " + failure.why());
    }

    /** Has later reads see everything that was committed before this call. */
    void sync() {
        Synced synced = await(asked((on, then) -> store.sync(on, "export-sync", Paths.JOURNAL, then)));
        if (synced instanceof Synced.Failed failed) {
            throw away("waiting for the latest state", failed.failure());
        }
    }

    /** The names of the children, sorted; none if there is no such znode. */
    List<String> children(String path) {
        Listing listing = await(asked((on, then) -> store.children(on, "export-list", path, then)));
        if (listing instanceof Listing.Failed failed) {
            throw away("listing " + path, failed.failure());
        }
        return listing instanceof Listing.Found found ? found.names() : List.of();
    }

    Optional<Znode> read(String path) {
        return found(path, await(asked((on, then) -> store.read(on, "export-read", path, then))));
    }

    private static Optional<Znode> found(String path, Read answer) {
        if (answer instanceof Read.Failed failed) {
            throw away("reading " + path, failed.failure());
        }
        return answer instanceof Read.Found found ? Optional.of(found.znode()) : Optional.empty();
    }

    /** Reads znodes in the order of their paths and gives each to {@code each}, with a bounded number of them in memory. */
    void readAll(List<String> paths, Consumer<Znode> each) {
        // The next ones are asked for before these are given away: they come while the database writes.
        List<CompletableFuture<Read>> next = ask(paths, 0);
        for (int from = 0; from < paths.size(); from += WINDOW) {
            List<CompletableFuture<Read>> answers = next;
            next = ask(paths, from + WINDOW);
            for (int i = 0; i < answers.size(); i++) {
                found(paths.get(from + i), await(answers.get(i))).ifPresent(each);
            }
        }
    }

    private List<CompletableFuture<Read>> ask(List<String> paths, int from) {
        List<CompletableFuture<Read>> answers = new ArrayList<>();
        for (int i = from; i < Math.min(paths.size(), from + WINDOW); i++) {
            String path = paths.get(i);
            answers.add(asked((on, then) -> store.read(on, "export-read", path, then)));
        }
        return answers;
    }

    /** Whether the transaction was applied; not if something in it was not as expected. */
    boolean commit(Transaction transaction) {
        Commit commit = await(asked((on, then) -> store.commit(on, transaction, then)));
        if (commit instanceof Commit.Applied) {
            return true;
        }
        if (commit instanceof Commit.Conflict || commit instanceof Commit.Fenced) {
            return false;
        }
        throw new AwayException("writing " + transaction.site() + ": " + commit);
    }

    @Override
    public void close() {
        loop.shutdown(CLOSING);
    }
}
