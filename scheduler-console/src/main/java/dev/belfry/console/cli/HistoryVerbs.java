package dev.belfry.console.cli;

import dev.belfry.console.connect.ConnectionOptions;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.console.history.HistoryChoice;
import dev.belfry.core.schedule.Durations;
import dev.belfry.history.AuditReport;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.HistorySummary;
import dev.belfry.history.export.Backlog;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code belfry history}: what there is in the history, whether it is as it was written, and removal of what is old. */
@Command(
        name = "history",
        description = "Looks after the history: status, audit, retain.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class HistoryVerbs implements Runnable {
    @picocli.CommandLine.Spec
    private picocli.CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                java.util.Objects.requireNonNull(spec, "commands are run by picocli")
                        .commandLine(),
                "say what to do: history status, history audit or history retain");
    }

    /** A command that is about one history. */
    private abstract static class OfHistory extends Verb {
        @ArgGroup(validate = false, heading = "%nConnection:%n")
        final ConnectionOptions connection = new ConnectionOptions();

        @Mixin
        private HistoryChoice history = new HistoryChoice();

        OfHistory(Shell shell) {
            super(shell);
        }

        abstract int look(HistoryStore store);

        @Override
        public Integer call() {
            connection.environment(shell.environment());
            history.environment(shell.environment());
            try (HistoryStore store = address().existing(connection.namespaceName())) {
                return look(store);
            }
        }

        private HistoryAddress address() {
            try {
                return history.address(connection.hosts(), connection.namespaceName())
                        .orElseThrow(() -> new IllegalArgumentException(
                                "no history is given: --history-url JDBC or $BELFRY_HISTORY_URL says where it is, and no"
                                        + " 'belfry up' on this machine has one of namespace '"
                                        + connection.namespaceName() + "'"));
            } catch (IllegalArgumentException e) {
                throw usage(String.valueOf(e.getMessage()));
            }
        }

        void tell(Map<String, Object> tree) {
            TextTable table = new TextTable("HISTORY", "");
            tree.forEach((key, value) -> table.row(key, String.valueOf(value)));
            print(table, tree);
        }
    }

    @Command(
            name = "status",
            description = "Says how much the history has, who exports, and how far behind the journal it is.")
    static final class Status extends OfHistory {
        Status(Shell shell) {
            super(shell);
        }

        @Override
        int look(HistoryStore store) {
            HistorySummary has = store.summary();
            Backlog backlog;
            try (StoreConnection zookeeper = ZkConnection.open(connection.readOnlySettings())) {
                backlog = Backlog.read(zookeeper, store);
            } catch (IllegalStateException e) {
                throw new dev.belfry.agent.client.ClientException(
                        dev.belfry.agent.client.ClientException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()));
            }
            Instant now = shell.clock().instant();
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("exporter", backlog.exporter().orElse("none is at work"));
            tree.put("notExported", backlog.lines());
            tree.put(
                    "lagMillis",
                    backlog.oldest()
                            .map(at -> Math.max(0, Duration.between(at, now).toMillis()))
                            .orElse(0L));
            tree.put("fires", has.fires());
            tree.put("tableVersions", has.tableVersions());
            tree.put("jobVersions", has.jobVersions());
            tree.put("countedNotListed", has.counted());
            tree.put("firstDue", has.firstDue().map(Times::iso).orElse(""));
            tree.put("lastDue", has.lastDue().map(Times::iso).orElse(""));
            tree.put("written", has.written().map(Times::iso).orElse(""));
            tree.put("head", has.head().toString());
            tell(tree);
            return Exit.DONE;
        }
    }

    @Command(
            name = "audit",
            description = "Compares every row of the history with what was written; exits with 1 if one was changed,"
                    + " removed or added.")
    static final class Audit extends OfHistory {
        @Option(
                names = "--anchor",
                paramLabel = "POINT",
                description = "A head that an earlier audit has printed and that is to be in the chain still. May be"
                        + " repeated.")
        private List<String> anchors = new ArrayList<>();

        Audit(Shell shell) {
            super(shell);
        }

        @Override
        int look(HistoryStore store) {
            AuditReport report = store.audit(parsed());
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("holds", report.holds());
            tree.put("segments", report.segments());
            tree.put("rows", report.rows());
            tree.put("expired", report.expired());
            tree.put("head", report.head().toString());
            if (format == Format.TABLE) {
                tell(tree);
                report.findings().forEach(finding -> print("altered: " + finding));
                print(
                        report.holds()
                                ? "Every row is as it was written. Note the head outside of the database, for --anchor."
                                : "The history is NOT as it was written.");
            } else {
                tree.put("findings", report.findings());
                tell(tree);
            }
            return report.holds() ? Exit.DONE : Exit.NO;
        }

        private List<AuditReport.Anchor> parsed() {
            try {
                return anchors.stream().map(AuditReport.Anchor::parse).toList();
            } catch (IllegalArgumentException e) {
                throw usage("--anchor: " + e.getMessage());
            }
        }
    }

    @Command(
            name = "retain",
            description =
                    "Removes events that were exported longer ago than a given time, and enters that into the chain.")
    static final class Retain extends OfHistory {
        @Option(
                names = "--older-than",
                paramLabel = "DURATION",
                required = true,
                description = "Such as 90d: what was exported longer ago goes.")
        private String age = "";

        Retain(Shell shell) {
            super(shell);
        }

        @Override
        int look(HistoryStore store) {
            Duration older;
            try {
                older = Durations.parse(age);
            } catch (IllegalArgumentException e) {
                throw usage("--older-than: " + e.getMessage());
            }
            long removed = store.retain(shell.clock().instant().minus(older));
            tell(new LinkedHashMap<>(Map.of("removedRows", removed)));
            return Exit.DONE;
        }
    }
}
