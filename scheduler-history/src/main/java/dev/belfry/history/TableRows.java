package dev.belfry.history;

import dev.belfry.core.journal.TableEntry;
import java.util.ArrayList;
import java.util.List;

/** An entry of the masters' journal as rows, and back. */
public final class TableRows {

    private TableRows() {}

    /** @param name of the entry's znode, which no other ever has */
    public static List<HistoryRow> of(String name, TableEntry entry) {
        List<HistoryRow> rows = new ArrayList<>();
        rows.add(HistoryRow.of(
                RowKind.TABLE_VERSION, name, entry.term(), entry.generation(), entry.incarnation(), entry.at()));
        for (TableEntry.Line line : entry.changes()) {
            rows.add(HistoryRow.of(
                    RowKind.TABLE_CHANGE,
                    name,
                    (long) rows.size() - 1,
                    line.kind(),
                    line.jobUid(),
                    (long) line.layout(),
                    (long) line.shard(),
                    line.owner(),
                    line.next(),
                    line.reason()));
        }
        return rows;
    }

    /** The entry whose version and changes these are. */
    public static TableEntry entry(HistoryRow version, List<HistoryRow> changes) {
        return new TableEntry(
                version.number("term"),
                version.text("incarnation"),
                version.number("generation"),
                version.instant("at"),
                changes.stream().map(TableRows::line).toList());
    }

    private static TableEntry.Line line(HistoryRow change) {
        return new TableEntry.Line(
                change.text("kind"),
                change.text("job_uid"),
                (int) change.number("layout"),
                (int) change.number("shard"),
                change.text("owner"),
                change.text("next"),
                change.text("reason"));
    }
}
