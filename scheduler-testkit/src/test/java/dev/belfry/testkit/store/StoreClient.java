package dev.belfry.testkit.store;

import dev.belfry.store.Change;
import dev.belfry.store.Commit;
import dev.belfry.store.ElectionListener;
import dev.belfry.store.Listing;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.Synced;
import dev.belfry.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** A client of the store for tests: turns callbacks into answers that are awaited through the harness. */
final class StoreClient {
    final StoreConnection connection;
    final Executor executor;
    final Store store;

    /** Everything that the session listener was told, as {@code opened 1f}. */
    final List<String> told = new CopyOnWriteArrayList<>();

    private final List<Session> opened = new CopyOnWriteArrayList<>();
    private final StoreHarness harness;

    StoreClient(StoreHarness harness, String name) {
        this.harness = harness;
        this.connection = harness.connect(name);
        this.executor = harness.executor(name);
        this.store = connection.view(executor);
        store.sessions(new SessionListener() {
            @Override
            public void opened(Session session) {
                told.add("opened " + session.hex());
                opened.add(session);
            }

            @Override
            public void suspended(Session session) {
                told.add("suspended " + session.hex());
            }

            @Override
            public void resumed(Session session) {
                told.add("resumed " + session.hex());
            }

            @Override
            public void ended(Session session) {
                told.add("ended " + session.hex());
            }
        });
        harness.await(name + " has a session", () -> !opened.isEmpty());
    }

    /** The latest session that was opened. */
    Session session() {
        return opened.get(opened.size() - 1);
    }

    int sessionsOpened() {
        return opened.size();
    }

    Commit commit(Transaction.Builder transaction) {
        return commit(session(), transaction);
    }

    Commit commit(Session session, Transaction.Builder transaction) {
        return answer("commit", then -> store.commit(session, transaction.build(), then));
    }

    /** Commits and expects it to be applied. */
    List<Commit.Stamp> apply(Transaction.Builder transaction) {
        Commit commit = commit(transaction);
        if (commit instanceof Commit.Applied applied) {
            return applied.stamps();
        }
        throw new AssertionError("expected the transaction to be applied, but: " + commit);
    }

    Read read(String path) {
        return answer("read " + path, then -> store.read(session(), "test-read", path, then));
    }

    /** The content of a znode as text, or "missing"; fails on anything else. */
    String text(String path) {
        return text(read(path));
    }

    static String text(Read read) {
        if (read instanceof Read.Found found) {
            return new String(found.znode().data(), StandardCharsets.UTF_8);
        }
        if (read instanceof Read.Missing) {
            return "missing";
        }
        throw new AssertionError("expected an answer, but: " + read);
    }

    Listing children(String path) {
        return answer("children " + path, then -> store.children(session(), "test-children", path, then));
    }

    Synced sync() {
        return answer("sync", then -> store.sync(session(), "test-sync", "/", then));
    }

    List<Change> follow(String path) {
        List<Change> changes = new CopyOnWriteArrayList<>();
        Synced armed =
                answer("follow " + path, then -> store.follow(session(), "test-follow", path, changes::add, then));
        if (!(armed instanceof Synced.Done)) {
            throw new AssertionError("expected to follow " + path + ", but: " + armed);
        }
        return changes;
    }

    /** What an election told a candidate, as {@code elected /latch/path} or {@code deposed}. */
    static final class Told implements ElectionListener {
        final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public void elected(String latch) {
            told.add("elected " + latch);
        }

        @Override
        public void deposed() {
            told.add("deposed");
        }

        boolean isElected() {
            return !told.isEmpty() && told.get(told.size() - 1).startsWith("elected ");
        }

        String latch() {
            return told.get(told.size() - 1).substring("elected ".length());
        }
    }

    <T> T answer(String what, Consumer<Consumer<T>> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        request.accept(value -> {
            if (!answer.complete(value)) {
                throw new AssertionError(what + " was answered twice: " + answer.join() + " and " + value);
            }
        });
        harness.await("an answer to " + what, answer::isDone);
        return answer.join();
    }
}
