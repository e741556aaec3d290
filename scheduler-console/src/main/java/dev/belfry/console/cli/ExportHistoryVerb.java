package dev.belfry.console.cli;

import dev.belfry.console.connect.ConnectionOptions;
import dev.belfry.console.history.Exporting;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.HistoryOptions;
import dev.belfry.core.schedule.Durations;
import dev.belfry.history.export.ExportSettings;
import dev.belfry.history.export.ExportStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "export-history",
        description = "Exports the journal to a database until it is told to stop. Of several exporters of a namespace,"
                + " those of agents included, one works and the others stand by.")
final class ExportHistoryVerb extends Verb {
    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private HistoryOptions history = new HistoryOptions();

    @Option(
            names = "--keep",
            paramLabel = "DURATION",
            description = "How long exported entries stay in ZooKeeper. Default: 10m.")
    private @Nullable String keep;

    @Option(
            names = "--retention",
            paramLabel = "DURATION",
            description = "Remove events from the database that were exported longer ago than this. Default: never.")
    private @Nullable String retention;

    @Option(
            names = "--once",
            description = "Stop as soon as everything that was in the journal at the start is exported.")
    private boolean once;

    ExportHistoryVerb(Shell shell) {
        super(shell);
    }

    @Override
    public Integer call() throws InterruptedException {
        connection.environment(shell.environment());
        history.environment(shell.environment());
        try (Exporting exporting = start()) {
            if (!once) {
                exporting.awaitEnd();
                return Exit.DONE;
            }
            boolean done = exporting.caughtUp(Duration.ofMinutes(10));
            ExportStatus status = exporting.status();
            print("exported " + Words.count(status.rows(), "row")
                    + (status.counted() > 0 ? "; " + status.counted() + " fires are counted, not listed" : ""));
            if (!done) {
                warn("not everything is exported: " + status.state() + " " + status.trouble());
            }
            return done ? Exit.DONE : Exit.NO;
        }
    }

    private Exporting start() {
        try {
            HistoryAddress address = history.address()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "export-history needs --history-url JDBC or $BELFRY_HISTORY_URL"));
            ExportSettings settings = ExportSettings.named("export-history-" + Exporting.process());
            if (keep != null) {
                settings = settings.keep(Durations.parse(keep));
            }
            if (retention != null) {
                settings = settings.retention(Durations.parse(retention));
            }
            return Exporting.start(connection.settings(), connection.namespaceName(), address, settings);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }
}
