package dev.belfry.console.history;

import dev.belfry.history.export.ExportSettings;
import dev.belfry.history.export.ExportStatus;
import dev.belfry.history.export.JournalExporter;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** An exporter with a connection of its own, beside whatever else a process does. Thread-safe. */
public final class Exporting implements AutoCloseable {
    private final StoreConnection connection;
    private final JournalExporter exporter;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Exporting(StoreConnection connection, JournalExporter exporter) {
        this.connection = connection;
        this.exporter = exporter;
    }

    /** Starts one; whatever is not there yet is waited for. */
    public static Exporting start(
            ZkSettings zookeeper, String namespace, HistoryAddress address, ExportSettings settings) {
        StoreConnection connection = ZkConnection.open(zookeeper);
        JournalExporter exporter = JournalExporter.start(connection, () -> address.open(namespace), settings);
        return new Exporting(connection, exporter);
    }

    /** Host and process id, to tell exporters apart. */
    public static String process() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "unknown-host";
        }
        return host + "-" + ProcessHandle.current().pid();
    }

    /** How it goes. */
    public ExportStatus status() {
        return exporter.status();
    }

    /**
     * Waits until everything that is in the journal now is exported; false if it is not by then.
     *
     * @throws InterruptedException if the calling thread is interrupted
     */
    public boolean caughtUp(Duration patience) throws InterruptedException {
        return exporter.awaitCaughtUp(patience);
    }

    /**
     * Waits until the process is told to stop, and has it end in good order.
     *
     * @throws InterruptedException if the calling thread is interrupted
     */
    public void awaitEnd() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "belfry-export-stop"));
        ended.await();
    }

    /** Ends with what is under way. Idempotent. */
    @Override
    public void close() {
        exporter.close();
        connection.close();
        ended.countDown();
    }
}
