package dev.belfry.faults.fault;

import dev.belfry.faults.cluster.Cluster;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/** Somebody with a plain ZooKeeper client, who touches what only Belfry should. Not thread-safe. */
final class Vandal implements AutoCloseable {
    private static final int SESSION_MILLIS = 8_000;

    /** Work with a client. */
    @FunctionalInterface
    interface Deed {
        void on(ZooKeeper client) throws KeeperException, InterruptedException;
    }

    private final ZooKeeper client;

    private Vandal(ZooKeeper client) {
        this.client = client;
    }

    /** With a session of its own. */
    static Vandal connect(Cluster cluster) throws IOException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(cluster.ensemble().connectString(), SESSION_MILLIS, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        return connected(client, connected);
    }

    /** In the place of the client whose session this is. */
    static Vandal takeOver(Cluster cluster, long session, byte[] password) throws IOException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(
                cluster.ensemble().connectString(),
                SESSION_MILLIS,
                event -> {
                    if (event.getState() == KeeperState.SyncConnected) {
                        connected.countDown();
                    }
                },
                session,
                password);
        return connected(client, connected);
    }

    private static Vandal connected(ZooKeeper client, CountDownLatch connected) throws IOException {
        try {
            if (connected.await(30, TimeUnit.SECONDS)) {
                return new Vandal(client);
            }
            client.close();
            throw new IOException("no connection to the ensemble within 30 s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Does something below the namespace. */
    void does(Deed deed) throws IOException {
        try {
            deed.on(client);
        } catch (KeeperException e) {
            throw new IOException("the vandal failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Where {@code path} of Belfry is for ZooKeeper. */
    static String absolute(String path) {
        return "/belfry/" + Cluster.NAMESPACE + path;
    }

    @Override
    public void close() throws IOException {
        does(ZooKeeper::close);
    }
}
