package dev.belfry.scripts;

import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** A namespace with one record of every kind on a real server, planted by a client of its own. */
final class Planted implements AutoCloseable {
    static final String ROOT = "/belfry/demo";

    private final EmbeddedZooKeeper server;
    private final ZooKeeper zk;

    private Planted(EmbeddedZooKeeper server, ZooKeeper zk) {
        this.server = server;
        this.zk = zk;
    }

    /** A server without any namespace. */
    static Planted nothing(Path data) throws Exception {
        EmbeddedZooKeeper server = EmbeddedZooKeeper.start(data);
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper zk = new ZooKeeper(server.connectString(), 30_000, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        connected.await();
        return new Planted(server, zk);
    }

    /** A namespace in which everything is in order. */
    static Planted inOrder(Path data) throws Exception {
        Planted planted = nothing(data);
        planted.put("/", new byte[0]);
        for (String path : Paths.skeleton()) {
            planted.put(path, new byte[0]);
        }
        for (var record : Samples.all().entrySet()) {
            planted.put(record.getKey(), record.getValue());
        }
        // The second layout's job: its ledgers are somebody's.
        planted.put(
                Paths.job("wide"),
                new String(Samples.job(), StandardCharsets.UTF_8)
                        .replace(Samples.UID, "wide-1b")
                        .replace("\"name\":\"index\"", "\"name\":\"wide\"")
                        .getBytes(StandardCharsets.UTF_8));
        return planted;
    }

    String connectString() {
        return server.connectString();
    }

    Script script(String name) {
        return Script.named(name).with("BELFRY_ZOOKEEPER", connectString());
    }

    /** The name of the registered incarnation: its session is this client's. */
    String incarnation() {
        return "indexer-1~" + Long.toHexString(zk.getSessionId());
    }

    /** Creates or overwrites a znode below the root, parents included; ephemeral where its kind is. */
    void put(String sample, byte[] data) throws Exception {
        String path = sample.replace(Samples.FIRST.name(), incarnation());
        String absolute = path.equals("/") ? ROOT : ROOT + path;
        for (int slash = absolute.indexOf('/', 1); slash > 0; slash = absolute.indexOf('/', slash + 1)) {
            create(absolute.substring(0, slash), new byte[0], CreateMode.PERSISTENT);
        }
        boolean ephemeral = ZnodeKinds.of(path).filter(ZnodeKind::ephemeral).isPresent();
        if (!create(absolute, data, ephemeral ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT)) {
            zk.setData(absolute, data, -1);
        }
    }

    void putPersistent(String path, byte[] data) throws Exception {
        create(ROOT + path, data, CreateMode.PERSISTENT);
    }

    private boolean create(String path, byte[] data, CreateMode mode) throws Exception {
        try {
            zk.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
            return true;
        } catch (KeeperException.NodeExistsException e) {
            return false;
        }
    }

    boolean exists(String absolute) throws Exception {
        return zk.exists(absolute, false) != null;
    }

    byte[] data(String absolute) throws Exception {
        return zk.getData(absolute, false, new Stat());
    }

    List<String> children(String absolute) throws Exception {
        return zk.getChildren(absolute, false);
    }

    /** A job as it is read there, at the instant of its last write. */
    JobRecord job(String path) throws Exception {
        Stat stat = new Stat();
        byte[] data = zk.getData(ROOT + path, false, stat);
        return JobRecordCodec.decode(path, data, Instant.ofEpochMilli(stat.getMtime()));
    }

    /** Whether this client may not make a znode there. */
    boolean refuses(String absolute) throws Exception {
        try {
            create(absolute, new byte[0], CreateMode.PERSISTENT);
            zk.delete(absolute, -1);
            return false;
        } catch (KeeperException.NoAuthException e) {
            return true;
        }
    }

    List<ACL> acl(String absolute) throws Exception {
        return zk.getACL(absolute, new Stat());
    }

    void delete(String path) throws Exception {
        zk.delete(ROOT + path, -1);
    }

    void authenticate(String user, String password) {
        zk.addAuthInfo("digest", (user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    void close(String absolute, List<ACL> acl) throws Exception {
        // ZooKeeper asks the list whether it contains null, which List.of answers with an exception.
        zk.setACL(absolute, new ArrayList<>(acl), -1);
    }

    @Override
    public void close() {
        try {
            zk.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
    }
}
