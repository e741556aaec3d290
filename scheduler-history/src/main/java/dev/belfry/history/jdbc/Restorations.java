package dev.belfry.history.jdbc;

import dev.belfry.history.HistoryRow;
import dev.belfry.history.Restored;
import dev.belfry.history.Restored.Cut;
import dev.belfry.history.Restored.JobCut;
import dev.belfry.history.RowKind;
import dev.belfry.history.WriterEnd;
import dev.belfry.history.jdbc.RowTable.Placed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What the history of a namespace knows of its restores. Stateless. */
final class Restorations {
    private final int ns;

    Restorations(int ns) {
        this.ns = ns;
    }

    /** All of them, the first one first. */
    List<Restored> read(Connection connection) throws SQLException {
        List<Placed> entered = placed(connection, RowKind.RESTORE);
        if (entered.isEmpty()) {
            return List.of();
        }
        List<HistoryRow> cuts = rows(connection, RowKind.RESTORE_CUT);
        List<HistoryRow> jobs = rows(connection, RowKind.RESTORE_JOB);
        List<Restored> found = new ArrayList<>();
        for (Placed placed : entered) {
            HistoryRow row = placed.row();
            long term = row.number("term");
            found.add(new Restored(
                    term,
                    row.instant("copied"),
                    row.instant("restored"),
                    row.text("restored_by"),
                    row.number("generation"),
                    placed.segment(),
                    cuts.stream()
                            .filter(cut -> cut.number("term") == term)
                            .map(cut -> new Cut(cut.text("writer"), cut.number("entry"), (int) cut.number("line")))
                            .toList(),
                    jobs.stream()
                            .filter(job -> job.number("term") == term)
                            .map(job -> new JobCut(job.text("job_uid"), job.number("version"), job.flag("deleted")))
                            .toList()));
        }
        return found;
    }

    private List<HistoryRow> rows(Connection connection, RowKind kind) throws SQLException {
        return placed(connection, kind).stream().map(Placed::row).toList();
    }

    /** All rows of a kind, in the order in which they were written. */
    List<Placed> placed(Connection connection, RowKind kind) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(Chain.table(kind).select() + "where ns = ? order by segment, pos")) {
            statement.setInt(1, ns);
            List<Placed> rows = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(Chain.table(kind).read(found));
                }
            }
            return rows;
        }
    }

    /** How far the lines of each writer go. */
    List<WriterEnd> writers(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select writer, max(entry), max(coalesce(ended, started, due))"
                        + " from belfry_fire where ns = ? group by writer")) {
            statement.setInt(1, ns);
            List<WriterEnd> writers = new ArrayList<>();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    writers.add(new WriterEnd(found.getString(1), found.getLong(2), RowTable.instant(found, 3)));
                }
            }
            return writers;
        }
    }

    /**
     * Whether a row about a job is there already: since the last restore nothing about a job is written twice. The head of the
     * chain is locked.
     */
    boolean isThere(Connection connection, HistoryRow row) throws SQLException {
        boolean version = row.kind() == RowKind.JOB_VERSION;
        if (!version && row.kind() != RowKind.JOB_END && row.kind() != RowKind.JOB_GONE) {
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "select count(*) from " + row.kind().table() + " where ns = ? and job_uid = ?"
                        + (version ? " and version = ?" : "")
                        + " and segment > (select coalesce(max(segment), 0) from belfry_restore where ns = ?)")) {
            int at = 1;
            statement.setInt(at++, ns);
            statement.setString(at++, row.text("job_uid"));
            if (version) {
                statement.setLong(at++, row.number("version"));
            }
            statement.setInt(at, ns);
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                return found.getLong(1) > 0;
            }
        }
    }
}
