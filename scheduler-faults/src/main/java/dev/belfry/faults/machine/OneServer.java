package dev.belfry.faults.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/** A single ZooKeeper server in this process, whose sessions can be ended and whose insides counted. Thread-safe. */
public final class OneServer implements AutoCloseable {
    private static final int TICK_MS = 500;
    private static final int LONGEST_SESSION_MS = 60_000;

    private final ZooKeeperServer server;
    private final ServerCnxnFactory connections;

    /** Starts it on a free port of the loopback address. */
    public OneServer(Path data) throws IOException {
        FileTxnSnapLog log = new FileTxnSnapLog(data.toFile(), data.toFile());
        this.server = new ZooKeeperServer(log, TICK_MS, -1, LONGEST_SESSION_MS, -1, new ZKDatabase(log), "");
        this.connections = new NIOServerCnxnFactory();
        connections.configure(
                new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0, -1, false);
        try {
            connections.startup(server);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while ZooKeeper was starting", e);
        }
    }

    public String connectString() {
        return "127.0.0.1:" + connections.getLocalPort();
    }

    /** Ends a session behind its client's back, as if it had expired. */
    public void end(long session) {
        server.closeSession(session);
    }

    /** How many znodes there are, those of ZooKeeper itself included. */
    public int znodes() {
        return server.getZKDatabase().getNodeCount();
    }

    /** How many watches there are: a path that two sessions watch counts twice. */
    public int watches() {
        return server.getZKDatabase().getDataTree().getWatchCount();
    }

    public int sessions() {
        return server.getSessionTracker().globalSessions().size();
    }

    /** The znodes below a path. */
    public int znodesBelow(String path) {
        return server.getZKDatabase().getDataTree().getAllChildrenNumber(path);
    }

    @Override
    public void close() {
        connections.shutdown();
    }
}
