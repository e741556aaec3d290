package dev.belfry.console.up;

import dev.belfry.agent.client.Journal;
import dev.belfry.console.history.Exporting;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.LocalHistory;
import dev.belfry.console.history.Past;
import dev.belfry.history.HistoryException;
import dev.belfry.history.export.ExportSettings;
import dev.belfry.history.export.ExportStatus;
import dev.belfry.history.jdbc.HistoryDatabase;
import dev.belfry.store.zk.ZkSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The history that {@code up} keeps beside its cluster, in an H2 file that other commands on this machine find. Not thread-safe. */
final class LocalExport implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Looks at which it is in trouble before that is said: at the start there is nothing to export to yet. */
    private static final int ROUNDS = 3;

    /** Some 200 MB of them. */
    private static final long MOST_LINES = 300_000;

    private final Progress progress;
    private @Nullable HistoryAddress written;
    private String hosts = "";
    private String namespace = "";
    private @Nullable Exporting exporting;
    private @Nullable Path announcement;
    private int rounds;

    LocalExport(Progress progress) {
        this.progress = progress;
    }

    /** Starts to export; what cannot be is said, and the cluster runs without. */
    void start(Path home, String hosts, String namespace) {
        this.hosts = hosts;
        this.namespace = namespace;
        HistoryAddress address = new HistoryAddress(
                HistoryDatabase.sharedH2(home.resolve("history").resolve("belfry")), "belfry", "");
        written = address;
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

    /** Says once if something keeps the history from being written, and once when that is over. */
    void report() {
        Exporting open = exporting;
        if (open == null) {
            return;
        }
        ExportStatus status = open.status();
        boolean stuck = status.state() == ExportStatus.State.TROUBLED;
        if (stuck && ++rounds == ROUNDS) {
            progress.say("the history is not kept at present: " + status.trouble());
        } else if (!stuck) {
            if (rounds >= ROUNDS) {
                progress.say("the history is kept again");
            }
            rounds = 0;
        }
    }

    /**
     * Everything that has happened, from the history and from ZooKeeper.
     *
     * @return empty if there is no history, if it does not answer, or if there is too much of it to be added up in memory
     */
    Optional<Journal> everything() {
        HistoryAddress address = written;
        if (address == null) {
            return Optional.empty();
        }
        try (Past past = Past.open(address, ZkSettings.builder(hosts, namespace).build(), namespace)) {
            return past.lines() > MOST_LINES
                    ? Optional.empty()
                    : Optional.of(past.journal(Instant.EPOCH, Instant.MAX).journal());
        } catch (HistoryException | IllegalStateException | IllegalArgumentException e) {
            return Optional.empty(); // report() has said what is the matter
        }
    }

    /** Exports what the agents have left, while the servers still run. */
    @Override
    public void close() {
        Exporting open = exporting;
        exporting = null;
        if (open != null) {
            try {
                if (!open.caughtUp(PATIENCE)) {
                    String trouble = open.status().trouble();
                    progress.say("the history lacks the end" + (trouble.isEmpty() ? "" : ": " + trouble));
                }
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
