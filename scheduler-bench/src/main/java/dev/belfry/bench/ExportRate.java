package dev.belfry.bench;

import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.local.LocalZooKeeper;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.export.ExportSettings;
import dev.belfry.history.export.JournalExporter;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * How fast a generated journal is exported into H2 and PostgreSQL, how old a line is when it is in the history, and how much
 * heap that takes. Starts everything itself: ZooKeeper in a JVM of its own with fsync on, PostgreSQL as a server of its own.
 */
public final class ExportRate {
    private static final String NAMESPACE = "bench";
    private static final String ROOT = "/belfry/" + NAMESPACE;
    private static final int WRITERS = 4;
    private static final int LINES = 40;
    private static final int SAMPLES = 200;
    private static final Instant BEGAN = Instant.parse("2026-11-02T12:00:00Z");

    private final ZooKeeper zookeeper;
    private final StoreConnection connection;
    private final HistoryAddress address;
    private int fires;

    private ExportRate(ZooKeeper zookeeper, StoreConnection connection, HistoryAddress address) {
        this.zookeeper = zookeeper;
        this.connection = connection;
        this.address = address;
    }

    /** Arguments: rounds, entries of 40 lines of each of four writers; or none for 3 rounds of 800. */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        int entries = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 800;
        System.out.println("| database | round | lines | rows/s | lag p50 ms | p99 ms | max ms | heap MiB |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        Path home = Files.createTempDirectory("belfry-export-");
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            for (int round = 1; round <= rounds; round++) {
                run(
                        "H2",
                        round,
                        entries,
                        home,
                        new HistoryAddress("jdbc:h2:file:" + home.resolve("history-" + round), "belfry", ""));
                try (var made = postgres.getPostgresDatabase().getConnection();
                        var statement = made.createStatement()) {
                    statement.execute("create database round" + round);
                }
                run(
                        "PostgreSQL",
                        round,
                        entries,
                        home,
                        new HistoryAddress(
                                "jdbc:postgresql://localhost:" + postgres.getPort() + "/round" + round,
                                "postgres",
                                ""));
            }
        }
        System.exit(0);
    }

    private static void run(String kind, int round, int entries, Path home, HistoryAddress address)
            throws IOException, LocalZooKeeper.PortTaken, InterruptedException, KeeperException {
        Path directory = home.resolve(kind + round);
        LocalZooKeeper servers = new LocalZooKeeper(directory, directory.resolve("logs"));
        try {
            servers.start(1, LocalZooKeeper.freePort());
            ZooKeeper zookeeper = new ZooKeeper(servers.connectString(), 30_000, event -> {});
            try (StoreConnection connection = ZkConnection.open(
                    ZkSettings.builder(servers.connectString(), NAMESPACE).build())) {
                ExportRate rate = new ExportRate(zookeeper, connection, address);
                rate.plant(entries);
                double rows = rate.backlog(entries);
                long[] lags = rate.lags();
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %d | %,d | %,.0f | %d | %d | %d | %d |%n",
                        kind,
                        round,
                        WRITERS * entries * LINES,
                        rows,
                        lags[SAMPLES / 2],
                        lags[SAMPLES * 99 / 100],
                        lags[SAMPLES - 1],
                        heap());
            } finally {
                zookeeper.close();
            }
        } finally {
            servers.stop();
        }
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    // --- the journal

    private void create(String path, byte[] data) throws KeeperException, InterruptedException {
        try {
            zookeeper.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException there) {
            // Made by the connection.
        }
    }

    private void plant(int entries) throws KeeperException, InterruptedException {
        create("/belfry", new byte[0]);
        create(ROOT, new byte[0]);
        for (String path : Paths.skeleton()) {
            create(ROOT + path, new byte[0]);
        }
        for (int writer = 0; writer < WRITERS; writer++) {
            create(ROOT + Paths.journal(writer(writer)), new byte[0]);
            for (int entry = 1; entry <= entries; entry++) {
                entry(writer, entry);
            }
        }
    }

    private static String writer(int number) {
        return "agent-" + number + "~1";
    }

    private void entry(int writer, int number) throws KeeperException, InterruptedException {
        List<FireEntry> lines = new ArrayList<>();
        for (int i = 0; i < LINES; i++) {
            Instant due = BEGAN.plusMillis(100L * fires++);
            lines.add(new FireEntry(
                    FireEntry.Kind.FINAL,
                    "job-" + fires % 10 + "~1",
                    1,
                    Integer.toString(fires % 8),
                    FireId.scheduled(due),
                    due,
                    1,
                    1,
                    1_048_576L + fires,
                    due.plusMillis(2),
                    due.plusMillis(30),
                    fires % 50 == 0 ? Outcome.FAILED : Outcome.SUCCEEDED,
                    ""));
        }
        create(ROOT + Paths.journalEntry(writer(writer), number), FireJournal.encode(lines));
    }

    // --- the export

    private JournalExporter exporter() {
        return JournalExporter.start(connection, () -> address.open(NAMESPACE), ExportSettings.named("bench"));
    }

    /** Rows a second, the opening of the database left out. */
    private double backlog(int entries) {
        address.open(NAMESPACE).close();
        JournalExporter exporter = exporter();
        long all = (long) WRITERS * entries * LINES;
        await(() -> exporter.status().rows() > 0);
        long first = exporter.status().rows();
        long began = System.nanoTime();
        await(() -> exporter.status().rows() >= all);
        double seconds = (System.nanoTime() - began) / 1e9;
        exporter.close();
        return (all - first) / seconds;
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        while (!condition.holds()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Milliseconds from the commit of an entry in ZooKeeper to that of its rows, at 800 lines a second, ascending. */
    private long[] lags() throws KeeperException, InterruptedException {
        int last = zookeeper.getChildren(ROOT + Paths.journal(writer(0)), false).size();
        long[] lags = new long[SAMPLES];
        long[] written = new long[SAMPLES];
        // One database for both: an H2 file is open in one process, but as often as that wishes.
        JournalExporter exporter = exporter();
        try (HistoryStore store = address.existing(NAMESPACE)) {
            await(() -> exporter.status().caughtUp().isAfter(Instant.EPOCH));
            int sent = 0;
            long next = System.nanoTime();
            for (int seen = 0; seen < SAMPLES; ) {
                if (sent < SAMPLES && System.nanoTime() >= next) {
                    entry(0, last + sent + 1);
                    written[sent++] = System.nanoTime();
                    next += Duration.ofMillis(50).toNanos();
                }
                var exported = store.marks().get(writer(0));
                long mark = exported == null ? -1 : exported.entry();
                for (; seen < sent && last + seen + 1 <= mark; seen++) {
                    lags[seen] = (System.nanoTime() - written[seen]) / 1_000_000;
                }
                LockSupport.parkNanos(5_000_000);
            }
        } finally {
            exporter.close();
        }
        Arrays.sort(lags);
        return lags;
    }
}
