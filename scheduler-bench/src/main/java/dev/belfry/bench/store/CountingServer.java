package dev.belfry.bench.store;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.zookeeper.proto.RequestHeader;
import org.apache.zookeeper.server.RequestRecord;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ServerMetrics;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/**
 * A stand-alone ZooKeeper server that also counts the requests of each kind: one addition before a request goes the way that
 * it would have gone anyhow. Whoever connects to its second port gets all counters, one a line, and its own metrics.
 */
public final class CountingServer extends ZooKeeperServer {
    private final Map<Integer, LongAdder> requests = new ConcurrentHashMap<>();

    private CountingServer(FileTxnSnapLog log, int tickMillis) {
        super(log, tickMillis, -1, -1, -1, new ZKDatabase(log), "");
    }

    /** Arguments: data directory, port for clients, port for counters, length of a tick in milliseconds. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path data = Path.of(arguments[0]);
        FileTxnSnapLog log = new FileTxnSnapLog(data.toFile(), data.toFile());
        CountingServer server = new CountingServer(log, Integer.parseInt(arguments[3]));
        ServerCnxnFactory connections = ServerCnxnFactory.createFactory();
        connections.configure(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1])), 0, -1, false);
        connections.startup(server);
        Thread counters = new Thread(() -> server.tell(Integer.parseInt(arguments[2])), "counters");
        counters.setDaemon(true);
        counters.start();
        // The parent closes this process's input when it wants it to end, and does so too if it dies itself.
        System.in.transferTo(OutputStream.nullOutputStream());
        connections.shutdown();
        log.close();
        System.exit(0);
    }

    @Override
    public void processPacket(ServerCnxn connection, RequestHeader header, RequestRecord request) throws IOException {
        requests.computeIfAbsent(header.getType(), type -> new LongAdder()).increment();
        super.processPacket(connection, header, request);
    }

    private void tell(int port) {
        try (ServerSocket listener = new ServerSocket(port, 4, InetAddress.getLoopbackAddress())) {
            while (true) {
                try (Socket asker = listener.accept();
                        OutputStream out = asker.getOutputStream()) {
                    out.write(counters().getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            System.err.println("counters are not told any more: " + e.getMessage());
        }
    }

    private String counters() {
        Map<String, Object> all = new TreeMap<>();
        requests.forEach(
                (type, count) -> all.merge("request_" + OpNames.of(type), count.sum(), (a, b) -> (Long) a + (Long) b));
        all.put("zxid", getZKDatabase().getDataTreeLastProcessedZxid());
        dumpMonitorValues(all::put);
        ServerMetrics.getMetrics().getMetricsProvider().dump(all::put);
        StringBuilder text = new StringBuilder();
        all.forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
        return text.toString();
    }
}
