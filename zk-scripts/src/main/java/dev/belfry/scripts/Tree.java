package dev.belfry.scripts;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/** A session with ZooKeeper for one tool. Not thread-safe. */
final class Tree implements AutoCloseable {
    /** Znodes asked for at once: enough to hide the way to the server, too few to burden it. */
    private static final int WINDOW = 250;

    private static final int SESSION_MS = 30_000;

    private final Handle zk;
    private final String servers;

    private Tree(Handle zk, String servers) {
        this.zk = zk;
        this.servers = servers;
    }

    /**
     * Connects.
     *
     * @param patience how long to wait for a server
     * @throws Trouble if no server answers in time or the credentials are refused
     */
    static Tree connect(String servers, ZKClientConfig config, Duration patience) {
        Arrival arrival = new Arrival();
        try {
            Handle zk = new Handle(servers, arrival, config);
            boolean there = arrival.arrived.await(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (!there || arrival.refused) {
                zk.close(1_000);
                throw new Trouble(
                        Trouble.UNREACHABLE,
                        arrival.refused
                                ? "ZooKeeper at " + servers + " refuses the credentials; check user, password and TLS"
                                : "cannot reach ZooKeeper at " + servers + " within " + patience.toSeconds()
                                        + " s; is it running (zk-scripts/ensemble status), and is TLS as it expects?");
            }
            return new Tree(zk, servers);
        } catch (IOException | IllegalArgumentException e) {
            throw new Trouble(Trouble.USAGE, "cannot use '" + servers + "' as servers: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Trouble(Trouble.UNREACHABLE, "interrupted while connecting to " + servers);
        }
    }

    /** ZooKeeper's client, which knows up to which transaction the server had come that answered last, but does not say. */
    @SuppressWarnings("try") // close() may be interrupted, as that of its parent may
    private static final class Handle extends ZooKeeper {
        Handle(String servers, Watcher watcher, ZKClientConfig config) throws IOException {
            super(servers, SESSION_MS, watcher, config);
        }

        long lastZxid() {
            return cnxn.getLastZxid();
        }
    }

    private static final class Arrival implements Watcher {
        final CountDownLatch arrived = new CountDownLatch(1);
        volatile boolean refused;

        @Override
        public void process(WatchedEvent event) {
            if (event.getState() == KeeperState.AuthFailed) {
                refused = true;
            }
            if (event.getState() != KeeperState.Disconnected) {
                arrived.countDown();
            }
        }
    }

    /** A request to ZooKeeper. */
    interface Request<T> {
        T ask(ZooKeeper zk) throws KeeperException, InterruptedException;
    }

    /**
     * Asks something. Answers of ZooKeeper that say something about a znode come as its exceptions.
     *
     * @throws Trouble if there was no answer
     */
    <T> T ask(Request<T> request) throws KeeperException {
        try {
            return request.ask(zk);
        } catch (KeeperException e) {
            if (lost(e.code())) {
                throw unreachable(e.code());
            }
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Trouble(Trouble.UNREACHABLE, "interrupted while asking ZooKeeper at " + servers);
        }
    }

    private static boolean lost(Code code) {
        return code == Code.CONNECTIONLOSS || code == Code.SESSIONEXPIRED || code == Code.OPERATIONTIMEOUT;
    }

    private Trouble unreachable(Code code) {
        return new Trouble(
                Trouble.UNREACHABLE,
                "the connection to ZooKeeper at " + servers + " was lost (" + code + "); run this again");
    }

    void authenticate(String user, char[] password) {
        byte[] credentials = (user + ":" + new String(password)).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        zk.addAuthInfo("digest", credentials);
    }

    /** Up to which transaction the server has come that is asked here, after it has caught up with its leader. */
    long zxid() throws KeeperException {
        CountDownLatch caughtUp = new CountDownLatch(1);
        ask(z -> {
            z.sync("/", (rc, path, context) -> caughtUp.countDown(), null);
            return caughtUp.await(SESSION_MS, TimeUnit.MILLISECONDS);
        });
        exists("/");
        return zk.lastZxid();
    }

    boolean exists(String path) throws KeeperException {
        return ask(z -> z.exists(path, false)) != null;
    }

    /** What of each znode a walk asks for. */
    enum Depth {
        /** Sizes and children. */
        SHAPE,
        /** Content too. */
        CONTENT,
        /** Content and ACLs. */
        EVERYTHING
    }

    /**
     * Visits a znode and all below it, parents before children. Znodes that vanish meanwhile are left out.
     *
     * @param root absolute path that the paths of the visited are relative to
     * @param from where to begin, relative to {@code root}
     */
    void walk(String root, String from, Depth depth, Consumer<Node> visitor) {
        List<String> level = List.of(from);
        while (!level.isEmpty()) {
            List<String> below = new ArrayList<>();
            for (int i = 0; i < level.size(); i += WINDOW) {
                for (Node node : visit(root, level.subList(i, Math.min(level.size(), i + WINDOW)), depth)) {
                    visitor.accept(node);
                    String prefix = node.path().equals("/") ? "/" : node.path() + "/";
                    node.children().forEach(name -> below.add(prefix + name));
                }
            }
            level = below;
        }
    }

    private List<Node> visit(String root, List<String> paths, Depth depth) {
        List<Visit> visits = new ArrayList<>();
        CountDownLatch open = new CountDownLatch(paths.size() * Visit.QUESTIONS);
        for (String path : paths) {
            Visit visit = new Visit(path, open);
            visits.add(visit);
            visit.begin(zk, path.equals("/") ? root : root + path, depth);
        }
        try {
            open.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Trouble(Trouble.UNREACHABLE, "interrupted while reading from " + servers);
        }
        List<Node> nodes = new ArrayList<>();
        for (Visit visit : visits) {
            if (lost(visit.worst)) {
                throw unreachable(visit.worst);
            }
            if (!visit.missing) {
                nodes.add(visit.node());
            }
        }
        return nodes;
    }

    /** The questions about one znode, answered on ZooKeeper's event thread. */
    private static final class Visit {
        static final int QUESTIONS = 3;

        private final String path;
        private final CountDownLatch open;
        private byte[] data = new byte[0];
        private Stat stat = new Stat();
        private List<String> children = List.of();
        private List<ACL> acl = List.of();
        private boolean missing;
        private boolean denied;
        private Code worst = Code.OK;

        Visit(String path, CountDownLatch open) {
            this.path = path;
            this.open = open;
        }

        void begin(ZooKeeper zk, String absolute, Depth depth) {
            zk.getChildren(absolute, false, (rc, p, c, names, s) -> answered(rc, () -> children = names), null);
            if (depth == Depth.SHAPE) {
                zk.exists(absolute, false, (rc, p, c, s) -> answered(rc, () -> stat = s), null);
            } else {
                zk.getData(
                        absolute,
                        false,
                        (rc, p, c, bytes, s) -> answered(rc, () -> {
                            data = bytes == null ? new byte[0] : bytes;
                            stat = s;
                        }),
                        null);
            }
            if (depth == Depth.EVERYTHING) {
                zk.getACL(
                        absolute,
                        new Stat(),
                        (rc, p, c, list, s) -> answered(rc, () -> {
                            acl = list;
                            stat = s;
                        }),
                        null);
            } else {
                open.countDown();
            }
        }

        private void answered(int rc, Runnable found) {
            Code code = Code.get(rc);
            if (code == Code.OK) {
                found.run();
            } else if (code == Code.NONODE) {
                missing = true;
            } else if (code == Code.NOAUTH) {
                denied = true;
            } else {
                worst = Code.CONNECTIONLOSS;
            }
            open.countDown();
        }

        Node node() {
            return new Node(path, data, stat, children, acl, denied);
        }
    }

    @Override
    public void close() {
        try {
            zk.close(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
