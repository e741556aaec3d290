package dev.belfry.console.up;

import dev.belfry.console.history.Exporting;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.LocalHistory;
import dev.belfry.history.export.ExportSettings;
import dev.belfry.history.jdbc.HistoryDatabase;
import dev.belfry.store.zk.ZkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The history that {@code up} keeps beside its cluster, in an H2 file that other commands on this machine find. Not thread-safe. */
final class LocalExport implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Progress progress;
    private @Nullable Exporting exporting;
    private @Nullable Path announcement;

    LocalExport(Progress progress) {
        this.progress = progress;
    }

    /** Starts to export; what cannot be is said, and the cluster runs without. */
    void start(Path home, String hosts, String namespace) {
        HistoryAddress address = new HistoryAddress(
                HistoryDatabase.sharedH2(home.resolve("history").resolve("belfry")), "belfry", "");
        exporting = Exporting.start(
                ZkSettings.builder(hosts, namespace).build(),
                namespace,
                address,
                ExportSettings.named("up-" + Exporting.process()));
        try {
            announcement = LocalHistory.in(System.getenv()).announce(hosts, namespace, address);
        } catch (UncheckedIOException e) {
            progress.say("other commands do not find the history: " + e.getMessage() + "; give them --history-url '"
                    + address.url() + "'");
        }
    }

    /** Exports what the agents have left, while the servers still run. */
    @Override
    public void close() {
        Exporting open = exporting;
        exporting = null;
        if (open != null) {
            try {
                open.caughtUp(PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            open.close();
        }
        Path file = announcement;
        announcement = null;
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                System.err.println("belfry: " + file + " could not be deleted: " + e.getMessage());
            }
        }
    }
}
