package dev.belfry.testkit.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.store.Commit;
import dev.belfry.store.Read;
import dev.belfry.store.Session;
import dev.belfry.store.SessionListener;
import dev.belfry.store.Store;
import dev.belfry.store.Transaction;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** One client process of a real ZooKeeper, for tests: a connection, a view, and what it was told. */
final class Party implements AutoCloseable {
    static final Duration SESSION = Duration.ofSeconds(2);

    final ZkConnection connection;
    final Store store;
    final ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "view"));

    /** What the session listener was told, as {@code opened 1f}. */
    final List<String> told = new CopyOnWriteArrayList<>();

    private final List<Session> opened = new CopyOnWriteArrayList<>();

    Party(ZkSettings settings) {
        connection = ZkConnection.open(settings);
        store = connection.view(executor);
        store.sessions(new SessionListener() {
            @Override
            public void opened(Session session) {
                opened.add(session);
                told.add("opened " + session.hex());
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
    }

    /** Settings with a short session, for the namespace {@code test}. */
    static ZkSettings.Builder settings(String connectString) {
        return ZkSettings.builder(connectString, "test")
                .sessionTimeout(SESSION)
                .connectionTimeout(Duration.ofSeconds(1));
    }

    /** With a session. */
    static Party connected(ZkSettings settings) {
        Party party = new Party(settings);
        await("a session", () -> party.opened.size() == 1);
        return party;
    }

    static void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    Session session() {
        return opened.get(opened.size() - 1);
    }

    int sessions() {
        return opened.size();
    }

    CompletableFuture<Commit> send(Session session, Transaction.Builder transaction) {
        CompletableFuture<Commit> answer = new CompletableFuture<>();
        store.commit(session, transaction.build(), answer::complete);
        return answer;
    }

    Commit commit(Transaction.Builder transaction) {
        return send(session(), transaction).orTimeout(20, TimeUnit.SECONDS).join();
    }

    Read read(String path) {
        return answer(then -> store.read(session(), "test", path, then));
    }

    String text(String path) {
        Read read = read(path);
        return read instanceof Read.Found found ? new String(found.znode().data(), UTF_8) : read.toString();
    }

    <T> T answer(Consumer<Consumer<T>> request) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        request.accept(answer::complete);
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    static Transaction.Builder tx() {
        return Transaction.at("test");
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public void close() {
        connection.close();
        executor.shutdown();
    }
}
