package dev.belfry.bench.workload;

import dev.belfry.console.history.HistoryAddress;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.export.ExportSettings;
import dev.belfry.history.export.JournalExporter;
import dev.belfry.store.StoreConnection;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** A journal that nobody but this writes, and its way into one database. */
final class GeneratedJournal {
    private static final String ROOT = "/belfry/" + Export.NAMESPACE;
    private static final int WRITERS = 4;
    private static final int LINES = 40;
    private static final Instant BEGAN = Instant.parse("2026-11-02T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final ZooKeeper zookeeper;
    private final StoreConnection connection;
    private final HistoryAddress address;
    private int fires;

    GeneratedJournal(ZooKeeper zookeeper, StoreConnection connection, HistoryAddress address) {
        this.zookeeper = zookeeper;
        this.connection = connection;
        this.address = address;
    }

    private void create(String path, byte[] data) throws KeeperException, InterruptedException {
        try {
            zookeeper.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException there) {
            // Made by the connection.
        }
    }

    /** Writes so many entries of each writer. */
    void plant(int entries) throws KeeperException, InterruptedException {
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

    private JournalExporter exporter() {
        return JournalExporter.start(connection, () -> address.open(Export.NAMESPACE), ExportSettings.named("bench"));
    }

    /** Rows a second, the opening of the database left out. */
    double backlog(int entries) throws IOException {
        address.open(Export.NAMESPACE).close();
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

    private static void await(BooleanSupplier condition) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("the exporter has not come so far within " + PATIENCE.toMinutes() + " minutes");
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Microseconds from the commit of an entry in ZooKeeper to that of its rows, at 800 lines a second. */
    LongStream lags(int samples) throws KeeperException, InterruptedException, IOException {
        int last = zookeeper.getChildren(ROOT + Paths.journal(writer(0)), false).size();
        long[] lags = new long[samples];
        long[] written = new long[samples];
        // One database for both: an H2 file is open in one process, but as often as that wishes.
        JournalExporter exporter = exporter();
        try (HistoryStore store = address.existing(Export.NAMESPACE)) {
            await(() -> exporter.status().caughtUp().isAfter(Instant.EPOCH));
            int sent = 0;
            long next = System.nanoTime();
            for (int seen = 0; seen < samples; ) {
                if (sent < samples && System.nanoTime() >= next) {
                    entry(0, last + sent + 1);
                    written[sent++] = System.nanoTime();
                    next += Duration.ofMillis(50).toNanos();
                }
                var exported = store.marks().get(writer(0));
                long mark = exported == null ? -1 : exported.entry();
                for (; seen < sent && last + seen + 1 <= mark; seen++) {
                    lags[seen] = (System.nanoTime() - written[seen]) / 1_000;
                }
                LockSupport.parkNanos(5_000_000);
            }
        } finally {
            exporter.close();
        }
        return LongStream.of(lags);
    }
}
