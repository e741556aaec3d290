package dev.belfry.testkit.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;
import org.jspecify.annotations.Nullable;

/**
 * A real ZooKeeper server in this process, on a port of the loopback address and with its data on disk. It keeps its port
 * and its data over {@link #restart}. Sessions of 2 ticks to a minute are granted.
 *
 * <p>Thread-safe.
 */
public final class EmbeddedZooKeeper implements AutoCloseable {
    private static final int LONGEST_SESSION_MS = 60_000;

    private final Path data;
    private final Duration tick;
    private final Optional<TestCertificates> tls;
    private int port;
    private @Nullable ServerCnxnFactory connections;
    private @Nullable ZooKeeperServer server;

    private EmbeddedZooKeeper(Path data, Duration tick, Optional<TestCertificates> tls, int port) {
        this.data = data;
        this.tick = tick;
        this.tls = tls;
        this.port = port;
    }

    /**
     * Starts a server with ticks of 200 ms on a free port.
     *
     * @param data directory for its data; made if it does not exist
     * @throws UncheckedIOException if it cannot start
     */
    public static EmbeddedZooKeeper start(Path data) {
        return start(data, Duration.ofMillis(200), 0);
    }

    /**
     * Starts a server.
     *
     * @param tick its unit of time; sessions expire to within one tick
     * @param port 0 for any free one
     * @throws UncheckedIOException if it cannot start
     */
    public static EmbeddedZooKeeper start(Path data, Duration tick, int port) {
        return new EmbeddedZooKeeper(data, tick, Optional.empty(), port).started();
    }

    /**
     * Starts a server that speaks TLS only and asks clients for a certificate. ZooKeeper takes a server's certificates from
     * the properties of the JVM, so there can be one such server at a time; they are set back when it stops.
     */
    public static EmbeddedZooKeeper startSecure(Path data, TestCertificates certificates) {
        return new EmbeddedZooKeeper(data, Duration.ofMillis(200), Optional.of(certificates), 0).started();
    }

    private EmbeddedZooKeeper started() {
        restart();
        return this;
    }

    /** Where it listens: {@code 127.0.0.1:port}. The same for its whole life. */
    public synchronized String connectString() {
        return "127.0.0.1:" + port;
    }

    /** The port that it listens on. */
    public synchronized int port() {
        return port;
    }

    /** Stops the server, if it runs, and starts it on the same port and data. Sessions live on. */
    public synchronized void restart() {
        stop();
        tls.ifPresent(TestCertificates::publish);
        try {
            FileTxnSnapLog log = new FileTxnSnapLog(data.toFile(), data.toFile());
            ZooKeeperServer next = new ZooKeeperServer(
                    log, (int) tick.toMillis(), -1, LONGEST_SESSION_MS, -1, new ZKDatabase(log), "");
            ServerCnxnFactory factory =
                    tls.isPresent() ? ServerCnxnFactory.createFactory() : new NIOServerCnxnFactory();
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
            factory.configure(address, 0, -1, tls.isPresent());
            factory.startup(next);
            port = factory.getLocalPort();
            connections = factory;
            server = next;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start ZooKeeper on port " + port + " with its data in " + data, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ZooKeeper was starting", e);
        }
    }

    /** Stops the server in good order; sessions are kept on disk. Idempotent. */
    public synchronized void stop() {
        ServerCnxnFactory running = connections;
        if (running == null) {
            return;
        }
        connections = null;
        server = null;
        running.shutdown();
        tls.ifPresent(TestCertificates::withdraw);
    }

    /** Ends a session on the server, behind its client's back, as if it had expired. */
    public synchronized void expireSession(long session) {
        running().closeSession(session);
    }

    /** How many sessions the server knows. */
    public synchronized int sessions() {
        return running().getSessionTracker().globalSessions().size();
    }

    /** How many znodes there are, those of ZooKeeper itself included. */
    public synchronized int znodes() {
        return running().getZKDatabase().getNodeCount();
    }

    /** How many transactions the server has logged since it was founded: writes, and sessions that came and went. */
    public synchronized long transactions() {
        return running().getZKDatabase().getDataTreeLastProcessedZxid();
    }

    /** How many watches are set, by whomever. */
    public synchronized int watches() {
        return running().getZKDatabase().getDataTree().getWatchCount();
    }

    private ZooKeeperServer running() {
        ZooKeeperServer running = server;
        if (running == null) {
            throw new IllegalStateException("the embedded ZooKeeper is stopped; call restart()");
        }
        return running;
    }

    /** Stops the server. Its data stays on disk. */
    @Override
    public void close() {
        stop();
    }
}
