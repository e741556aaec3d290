package dev.belfry.bench.store;

import dev.belfry.bench.machine.ChildProcess;
import dev.belfry.bench.machine.ClassPaths;
import dev.belfry.console.local.LocalZooKeeper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** One ZooKeeper server in a JVM of its own, on disk, with fsync on, that counts. */
public final class ZooKeeperStore implements Store {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** ZooKeeper's own. */
    public static final Duration TICK = Duration.ofSeconds(2);

    private final Path home;
    private final Path data;
    private final Duration tick;
    private final int port;
    private final int counterPort;
    private ChildProcess process;

    private ZooKeeperStore(Path home, Duration tick) throws IOException {
        this.home = home;
        this.tick = tick;
        data = Files.createDirectories(home.resolve("zookeeper"));
        port = LocalZooKeeper.freePort();
        counterPort = LocalZooKeeper.freePort();
        process = launch();
    }

    /**
     * Starts a server that keeps its data below {@code home}, and waits until it serves.
     *
     * @param tick sessions are granted from 2 to 20 of it
     */
    public static ZooKeeperStore start(Path home, Duration tick) throws IOException {
        ZooKeeperStore store = new ZooKeeperStore(home, tick);
        store.await(store::counts);
        return store;
    }

    /** The same with the tick of most measurements. */
    public static ZooKeeperStore start(Path home) throws IOException {
        return start(home, TICK);
    }

    /** How the server is set up, for the record. */
    public static String configuration() {
        return "one server, fsync on (forceSync=yes), tickTime " + TICK.toMillis()
                + " ms, defaults otherwise, -Xmx1g, requests counted by kind in the server";
    }

    private ChildProcess launch() throws IOException {
        return ChildProcess.start(
                "zookeeper",
                home.resolve("logs"),
                new ChildProcess.Program(
                        ClassPaths.own(),
                        List.of("-Xmx1g", "-Dzookeeper.admin.enableServer=false"),
                        CountingServer.class.getName(),
                        List.of(
                                data.toString(),
                                Integer.toString(port),
                                Integer.toString(counterPort),
                                Long.toString(tick.toMillis()))));
    }

    /** Something that a server does once it serves. */
    private interface Look {
        boolean holds() throws IOException;
    }

    private void await(Look look) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<IOException> why = Optional.empty();
        while (System.nanoTime() - deadline < 0 && process.alive()) {
            try {
                if (look.holds()) {
                    return;
                }
            } catch (IOException e) {
                why = Optional.of(e);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        process.close();
        throw new IOException("the ZooKeeper server does not serve; see the logs beside " + data, why.orElse(null));
    }

    private boolean counts() throws IOException {
        return !counters().values().isEmpty();
    }

    /** Whether it answers a client. */
    private boolean answers() throws IOException {
        return told(port, "srvr").startsWith("Zookeeper version");
    }

    private static String told(int port, String question) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void kill() throws IOException {
        process.kill();
    }

    @Override
    public Instant restart() throws IOException {
        process = launch();
        await(this::answers);
        return Instant.now();
    }

    @Override
    public String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public StoreCounters counters() throws IOException {
        return parse(told(counterPort, ""));
    }

    static StoreCounters parse(String text) {
        SortedMap<String, Double> values = new TreeMap<>();
        long zxid = 0;
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "zxid" -> zxid = Long.parseLong(words[1]);
                case "cnt_fsynctime" -> values.put("fsyncs", Double.parseDouble(words[1]));
                case "sum_fsynctime" -> values.put("fsync_ms", Double.parseDouble(words[1]));
                case "bytes_received_count" -> values.put("bytes_in", Double.parseDouble(words[1]));
                case "response_bytes", "watch_bytes" ->
                    values.merge("bytes_out", Double.parseDouble(words[1]), Double::sum);
                default -> {
                    if (words[0].startsWith("request_")) {
                        add(values, words[0].substring("request_".length()), Double.parseDouble(words[1]));
                    } else if (words[0].matches("sum_node_.*_watch_count")) {
                        values.merge("watch_events", Double.parseDouble(words[1]), Double::sum);
                    }
                }
            }
        }
        return new StoreCounters(values, zxid);
    }

    private static void add(SortedMap<String, Double> values, String operation, double count) {
        if (operation.equals("ping")) {
            values.merge("pings", count, Double::sum);
            return;
        }
        values.merge("requests", count, Double::sum);
        if (OpNames.READS.contains(operation)) {
            values.merge("reads", count, Double::sum);
        } else if (OpNames.WATCHES.contains(operation)) {
            values.merge("watches", count, Double::sum);
        } else {
            values.merge("write_requests", count, Double::sum);
        }
    }

    /** Everything that it has written down. */
    public TransactionLog log() {
        return new TransactionLog(data.resolve("version-2"));
    }

    @Override
    public void close() {
        process.close();
    }
}
