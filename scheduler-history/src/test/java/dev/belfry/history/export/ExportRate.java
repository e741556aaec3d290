package dev.belfry.history.export;

import dev.belfry.history.HistoryStore;
import dev.belfry.history.JournalMark;
import dev.belfry.history.jdbc.Databases;
import dev.belfry.history.jdbc.JdbcHistoryStore;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Measures how fast a backlog is exported, and how old a line is when it is in the history; on H2 and PostgreSQL. */
public final class ExportRate {
    private static final int WRITERS = 4;
    private static final int ENTRIES = 300;
    private static final int LINES = 40;
    private static final int SAMPLES = 400;

    private final StoreConnection connection;
    private final HandMadeJournal journal;
    private final CountDownLatch never = new CountDownLatch(1);

    private ExportRate(StoreConnection connection, JournalAccess access) {
        this.connection = connection;
        this.journal = new HandMadeJournal(access);
    }

    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory("belfry-export-rate");
        for (String kind : new String[] {"H2", "PostgreSQL"}) {
            Databases.Place place = kind.equals("H2") ? Databases.h2(directory) : Databases.postgres();
            try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory.resolve("zookeeper-" + kind));
                    StoreConnection connection = ZkConnection.open(
                            ZkSettings.builder(server.connectString(), "rate").build());
                    JournalAccess access = new JournalAccess(connection, "belfry-rate")) {
                new ExportRate(connection, access).measure(kind, place);
            }
        }
        System.exit(0);
    }

    private void measure(String kind, Databases.Place place) throws InterruptedException {
        for (int writer = 0; writer < WRITERS; writer++) {
            journal.begin("w" + writer + "~1");
            for (int entry = 0; entry < ENTRIES; entry++) {
                journal.entry("w" + writer + "~1", LINES, 0);
            }
        }
        JournalExporter exporter = JournalExporter.start(
                connection, () -> JdbcHistoryStore.open(place.open(), "rate"), ExportSettings.named("rate"));
        while (exporter.status().rows() == 0) {
            never.await(1, TimeUnit.MILLISECONDS);
        }
        long first = exporter.status().rows();
        long began = System.nanoTime();
        while (exporter.status().caughtUp().equals(Instant.EPOCH)) {
            never.await(1, TimeUnit.MILLISECONDS);
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf(
                "%s: backlog, %,.0f lines a second%n", kind, (exporter.status().rows() - first) / seconds);
        exporter.close();
        lag(kind, place);
    }

    /** Twenty entries a second of 40 lines: 800 lines a second. */
    private void lag(String kind, Databases.Place place) throws InterruptedException {
        String writer = "w0~1";
        try (HistoryStore store = JdbcHistoryStore.open(place.open(), "rate")) {
            JournalExporter exporter = JournalExporter.start(
                    connection, () -> new FlakyStore(store, () -> FlakyStore.Fault.NONE), ExportSettings.named("rate"));
            while (exporter.status().caughtUp().equals(Instant.EPOCH)) {
                never.await(1, TimeUnit.MILLISECONDS);
            }
            long[] lags = new long[SAMPLES];
            long[] written = new long[SAMPLES];
            int seen = 0;
            int sent = 0;
            long next = System.nanoTime();
            long base = store.marks().get(writer).entry();
            while (seen < SAMPLES) {
                if (sent < SAMPLES && System.nanoTime() >= next) {
                    journal.entry(writer, LINES, 0);
                    written[sent++] = System.nanoTime();
                    next += Duration.ofMillis(50).toNanos();
                }
                JournalMark mark = store.marks().get(writer);
                for (; seen < sent && base + seen + 1 <= mark.entry(); seen++) {
                    lags[seen] = System.nanoTime() - written[seen];
                }
                never.await(5, TimeUnit.MILLISECONDS);
            }
            exporter.close();
            Arrays.sort(lags);
            System.out.printf(
                    "%s: lag at 800 lines a second, looking once a second: median %d ms, 99 of 100 %d ms, longest %d ms%n",
                    kind,
                    lags[SAMPLES / 2] / 1_000_000,
                    lags[SAMPLES * 99 / 100] / 1_000_000,
                    lags[SAMPLES - 1] / 1_000_000);
        }
    }
}
