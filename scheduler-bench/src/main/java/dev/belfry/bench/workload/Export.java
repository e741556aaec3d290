package dev.belfry.bench.workload;

import dev.belfry.bench.machine.Meter;
import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.store.PostgresStore;
import dev.belfry.bench.store.ZooKeeperStore;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/**
 * How fast outcomes are exported from the journal in ZooKeeper into a database, and how old one is when it is in the history.
 * The journal is generated, so that the exporter alone is measured.
 */
public final class Export implements Workload {
    static final String NAMESPACE = "bench";

    private final int entries;
    private final int samples;
    private final boolean postgres;

    /**
     * @param entries of each of four writers, of 40 outcomes each
     * @param samples entries whose age is measured
     * @param postgres whether PostgreSQL is measured as well as H2
     */
    Export(int entries, int samples, boolean postgres) {
        this.entries = entries;
        this.samples = samples;
        this.postgres = postgres;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] words) throws IOException, InterruptedException {
        Bench.run(List.of(usual()), Options.parse(words));
    }

    /** 128,000 outcomes. */
    static Export usual() {
        return new Export(800, 200, true);
    }

    @Override
    public String name() {
        return "export";
    }

    @Override
    public boolean timed() {
        return false;
    }

    @Override
    public void repeat(Bench bench) throws InterruptedException {
        for (Contender contender : bench.contenders()) {
            if (contender.name().equals(Contender.BELFRY)) {
                if (postgres) {
                    bench.attempt(contender, "PostgreSQL", () -> intoPostgres(bench, contender));
                }
                bench.attempt(contender, "H2 file", () -> intoFile(bench, contender));
            }
        }
    }

    private boolean intoPostgres(Bench bench, Contender contender) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("belfry-bench-");
        try (PostgresStore database = PostgresStore.start(home, List.of())) {
            HistoryAddress address = new HistoryAddress(database.address(), "postgres", "");
            bench.keep(contender, "PostgreSQL", measure(home, address, Map.of("database", database.pid())));
            return true;
        } finally {
            Cluster.delete(home);
        }
    }

    private boolean intoFile(Bench bench, Contender contender) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("belfry-bench-");
        try {
            HistoryAddress address = new HistoryAddress("jdbc:h2:file:" + home.resolve("history"), "belfry", "");
            bench.keep(contender, "H2 file", measure(home, address, Map.of()));
            return true;
        } finally {
            Cluster.delete(home);
        }
    }

    private SortedMap<String, Double> measure(Path home, HistoryAddress address, Map<String, Long> database)
            throws IOException, InterruptedException {
        try (ZooKeeperStore store = ZooKeeperStore.start(home);
                StoreConnection connection = ZkConnection.open(
                        ZkSettings.builder(store.address(), NAMESPACE).build())) {
            ZooKeeper zookeeper = new ZooKeeper(store.address(), 30_000, event -> {});
            try {
                GeneratedJournal journal = new GeneratedJournal(zookeeper, connection, address);
                journal.plant(entries);
                Map<String, Long> processes = new HashMap<>(database);
                processes.put("store", store.pid());
                Meter meter = Meter.begin(processes);
                SortedMap<String, Double> metrics = new TreeMap<>();
                metrics.put("rows_per_s", journal.backlog(entries));
                metrics.put("cpu_others_cores", meter.end().othersCores());
                metrics.putAll(Aftermath.quantiles("lag", "ms", 1e3, journal.lags(samples)));
                metrics.put("heap_mib", heap());
                return metrics;
            } catch (KeeperException e) {
                throw new IOException("the journal cannot be written", e);
            } finally {
                zookeeper.close();
            }
        }
    }

    private static double heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1048576.0;
    }
}
