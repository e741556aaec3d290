package dev.belfry.testkit.zookeeper;

import dev.belfry.store.Session;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.store.StoreHarness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/** The store under test is a namespace of its own on a real server, and clients are connections in this process. */
final class ZkHarness implements StoreHarness {
    static final Duration SESSION = Duration.ofSeconds(4);

    private final EmbeddedZooKeeper server;
    private final String namespace;
    private final List<StoreConnection> connections = new ArrayList<>();
    private final Map<String, ExecutorService> executors = new ConcurrentHashMap<>();

    ZkHarness(EmbeddedZooKeeper server, String namespace) {
        this.server = server;
        this.namespace = namespace;
    }

    /** A server on a directory of a test. */
    static EmbeddedZooKeeper server(Path directory) {
        return EmbeddedZooKeeper.start(directory.resolve("zookeeper"));
    }

    @Override
    public StoreConnection connect(String name) {
        return connect(ZkSettings.builder(server.connectString(), namespace)
                .sessionTimeout(SESSION)
                .build());
    }

    ZkConnection connect(ZkSettings settings) {
        ZkConnection connection = ZkConnection.open(settings);
        connections.add(connection);
        return connection;
    }

    @Override
    public Executor executor(String name) {
        return executors.computeIfAbsent(
                name, n -> Executors.newSingleThreadExecutor(task -> new Thread(task, "view-" + n)));
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(SESSION.multipliedBy(5))
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    @Override
    public void expire(Session session) {
        server.expireSession(session.id());
    }

    @Override
    public void close() {
        connections.forEach(StoreConnection::close);
        executors.values().forEach(ExecutorService::shutdown);
    }
}
