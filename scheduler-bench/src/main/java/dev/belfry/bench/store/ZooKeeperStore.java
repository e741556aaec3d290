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
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.TxnLog;
import org.apache.zookeeper.txn.MultiTxn;
import org.apache.zookeeper.txn.Txn;

/** One ZooKeeper server in a JVM of its own, on disk, with fsync on, that counts. */
public final class ZooKeeperStore implements Store {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int TICK_MILLIS = 2_000;

    private final Path data;
    private final ChildProcess process;
    private final int port;
    private final int counterPort;

    private ZooKeeperStore(Path data, ChildProcess process, int port, int counterPort) {
        this.data = data;
        this.process = process;
        this.port = port;
        this.counterPort = counterPort;
    }

    /** Starts a server that keeps its data below {@code home}, and waits until it serves. */
    public static ZooKeeperStore start(Path home) throws IOException {
        int port = LocalZooKeeper.freePort();
        int counterPort = LocalZooKeeper.freePort();
        Path data = Files.createDirectories(home.resolve("zookeeper"));
        ChildProcess process = ChildProcess.start(
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
                                Integer.toString(TICK_MILLIS))));
        ZooKeeperStore store = new ZooKeeperStore(data, process, port, counterPort);
        store.awaitServing();
        return store;
    }

    /** How the server is set up, for the record. */
    public static String configuration() {
        return "one server, fsync on (forceSync=yes), tickTime " + TICK_MILLIS
                + " ms, defaults otherwise, -Xmx1g, requests counted by kind in the server";
    }

    private void awaitServing() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                counters();
                return;
            } catch (IOException e) {
                if (System.nanoTime() - deadline > 0 || !process.alive()) {
                    process.close();
                    throw new IOException("the ZooKeeper server does not serve; see the logs beside " + data, e);
                }
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
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
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), counterPort)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
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

    /**
     * What the transactions after {@code from} up to {@code to} did, from the server's own log: {@code writes} (each create,
     * delete and set, those inside a multi one by one), {@code checks}, {@code refused} (transactions that changed nothing)
     * and {@code session} (sessions opened and closed).
     */
    public SortedMap<String, Double> transactions(long from, long to) throws IOException {
        SortedMap<String, Double> counts = new TreeMap<>();
        FileTxnLog log = new FileTxnLog(data.resolve("version-2").toFile());
        try (TxnLog.TxnIterator transactions = log.read(from + 1)) {
            while (transactions.getHeader() != null && transactions.getHeader().getZxid() <= to) {
                if (transactions.getTxn() instanceof MultiTxn multi) {
                    for (Txn part : multi.getTxns()) {
                        count(counts, OpNames.of(part.getType()));
                    }
                } else {
                    count(counts, OpNames.of(transactions.getHeader().getType()));
                }
                if (!transactions.next()) {
                    break;
                }
            }
        } finally {
            log.close();
        }
        return counts;
    }

    private static void count(SortedMap<String, Double> counts, String operation) {
        String kind = OpNames.WRITES.contains(operation)
                ? "writes"
                : switch (operation) {
                    case "check" -> "checks";
                    case "error" -> "refused";
                    default -> "session";
                };
        counts.merge(kind, 1.0, Double::sum);
    }

    @Override
    public void close() {
        process.close();
    }
}
