package dev.belfry.console.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One or three real ZooKeeper servers on this machine, on disk, each in a JVM of its own, bound to loopback.
 *
 * <p>Not thread-safe.
 */
public final class LocalZooKeeper {

    /** One tick: sessions last between 2 and 20 of them. */
    private static final Duration TICK = Duration.ofMillis(500);

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private static final int FIRST_DRAWN = 10_000;
    private static final int LAST_DRAWN = 32_000;
    private static final int LAST_PORT = 65_535;

    private final Path data;
    private final Path logs;
    private final List<Integer> ports = new ArrayList<>();
    private final List<ChildJvm> servers = new ArrayList<>();

    /** Servers that keep their data and logs below these directories; nothing is started yet. */
    public LocalZooKeeper(Path data, Path logs) {
        this.data = data;
        this.logs = logs;
    }

    /** A port is taken by another process. */
    public static final class PortTaken extends Exception {
        private static final long serialVersionUID = 1L;

        PortTaken(int port) {
            super("port " + port
                    + " of 127.0.0.1 is taken by another process; choose another with --port, or stop that process");
        }
    }

    /**
     * Starts the servers and waits until they serve.
     *
     * @param port of the first server; the others follow it
     */
    public void start(int count, int port) throws IOException, PortTaken {
        List<int[]> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requireFree(port + i);
            ports.add(port + i);
        }
        Set<Integer> taken = new HashSet<>(ports);
        for (int i = 0; i < count; i++) {
            peers.add(new int[] {freePortBut(taken), freePortBut(taken)});
        }
        for (int i = 0; i < count; i++) {
            Path config = configure(i, peers);
            servers.add(ChildJvm.start(
                    "zookeeper-" + (i + 1),
                    logs,
                    List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dzookeeper.admin.enableServer=false"),
                    "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                    List.of(config.toString())));
        }
        awaitServing(Duration.ofSeconds(30));
    }

    private Path configure(int i, List<int[]> peers) throws IOException {
        Path dir = data.resolve("zookeeper-" + (i + 1));
        Files.createDirectories(dir);
        Files.writeString(dir.resolve("myid"), Integer.toString(i + 1));
        StringBuilder config = new StringBuilder();
        config.append("dataDir=").append(dir.toAbsolutePath()).append('\n');
        config.append("clientPort=").append(ports.get(i)).append('\n');
        config.append("clientPortAddress=127.0.0.1\n");
        config.append("tickTime=").append(TICK.toMillis()).append('\n');
        config.append("initLimit=20\nsyncLimit=10\n");
        config.append("maxClientCnxns=0\nautopurge.purgeInterval=1\nautopurge.snapRetainCount=3\n");
        config.append("admin.enableServer=false\n4lw.commands.whitelist=srvr,ruok,mntr,wchp\n");
        if (peers.size() > 1) {
            for (int p = 0; p < peers.size(); p++) {
                config.append("server.").append(p + 1).append("=127.0.0.1:");
                config.append(peers.get(p)[0])
                        .append(':')
                        .append(peers.get(p)[1])
                        .append('\n');
            }
        }
        Path file = dir.resolve("zoo.cfg");
        Files.writeString(file, config.toString());
        return file;
    }

    /** {@code host:port} of every server. */
    public String connectString() {
        return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    /** Whether every server's process runs. */
    public boolean alive() {
        return servers.stream().allMatch(ChildJvm::alive);
    }

    /** Stops the servers in good order, within a few seconds. */
    public void stop() {
        servers.forEach(ChildJvm::askToStop);
        long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
        servers.forEach(server -> server.ended(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
    }

    private void awaitServing(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        for (int i = 0; i < ports.size(); i++) {
            while (!serving(ports.get(i))) {
                if (!servers.get(i).alive()) {
                    throw new IllegalStateException("ZooKeeper server " + (i + 1) + " ended at once; its log "
                            + servers.get(i).log() + " ends with:\n"
                            + servers.get(i).lastWords());
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("ZooKeeper server " + (i + 1) + " does not serve after "
                            + patience.toSeconds() + " s; see " + servers.get(i).log());
                }
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }

    private static boolean serving(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.contains("Mode:");
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether nobody listens on {@code port} of loopback. */
    public static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The first of {@code count} neighbouring ports that nobody uses now: {@code wanted} if that can be, else any.
     *
     * @param count 1 or more
     */
    public static int freePorts(int wanted, int count) {
        int first = wanted;
        while (first + count - 1 > LAST_PORT
                || !IntStream.range(first, first + count).allMatch(LocalZooKeeper::free)) {
            first = freePort();
        }
        return first;
    }

    private static int freePortBut(Set<Integer> taken) {
        int port = freePort();
        while (!taken.add(port)) {
            port = freePort();
        }
        return port;
    }

    private static void requireFree(int port) throws PortTaken {
        if (!free(port)) {
            throw new PortTaken(port);
        }
    }

    /**
     * A port that nobody uses now, and that no connection is given for its own end: systems take those from above, and one could come
     * between this and the bind.
     */
    public static int freePort() {
        for (int draws = 0; draws < 1_000; draws++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_DRAWN, LAST_DRAWN);
            if (free(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port on loopback from " + FIRST_DRAWN + " to " + LAST_DRAWN);
    }
}
