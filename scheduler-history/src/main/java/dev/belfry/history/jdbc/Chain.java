package dev.belfry.history.jdbc;

import dev.belfry.history.AuditReport.Anchor;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.RowKind;
import dev.belfry.history.SegmentKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The writing end of the hash chain of one namespace. Stateless: the head is a row, locked while a segment is added. */
final class Chain {
    static final Map<RowKind, RowTable> TABLES = tables();

    private final int ns;

    Chain(int ns) {
        this.ns = ns;
    }

    private static Map<RowKind, RowTable> tables() {
        Map<RowKind, RowTable> tables = new EnumMap<>(RowKind.class);
        for (RowKind kind : RowKind.values()) {
            tables.put(kind, new RowTable(kind));
        }
        return tables;
    }

    static RowTable table(RowKind kind) {
        return java.util.Objects.requireNonNull(TABLES.get(kind));
    }

    /** The end of the chain; until the transaction ends, nobody else moves it. */
    Anchor lockHead(Connection connection) throws SQLException {
        return head(connection, " for update");
    }

    Anchor head(Connection connection) throws SQLException {
        return head(connection, "");
    }

    private Anchor head(Connection connection, String suffix) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select head_segment, head_hash from belfry_namespace where ns = ?" + suffix)) {
            statement.setInt(1, ns);
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next()) {
                    throw new SQLException("the row of namespace " + ns + " is gone from belfry_namespace");
                }
                return new Anchor(found.getLong(1), found.getString(2));
            }
        }
    }

    /** Adds a segment with these rows, at least one, after {@code head}, which is locked. */
    Anchor add(
            Connection connection, Anchor head, SegmentKind kind, List<HistoryRow> rows, String exporter, Instant now)
            throws SQLException {
        long segment = head.segment() + 1;
        Digests.Rows digests = new Digests.Rows();
        for (HistoryRow row : rows) {
            digests.add(Digests.row(row));
        }
        // Stretches of one kind go together; positions count over all kinds.
        for (int from = 0; from < rows.size(); ) {
            RowKind of = rows.get(from).kind();
            int to = from;
            while (to < rows.size() && rows.get(to).kind() == of) {
                to++;
            }
            table(of).insert(connection, ns, segment, from, rows.subList(from, to));
            from = to;
        }
        SegmentHead written = new SegmentHead(
                        segment,
                        kind.text(),
                        Instant.ofEpochMilli(now.toEpochMilli()),
                        exporter,
                        rows.size(),
                        digests.digests(),
                        digests.hash(),
                        head.hash(),
                        "")
                .hashed();
        written.insert(connection, ns);
        Anchor end = new Anchor(segment, written.hash());
        moveHead(connection, end);
        return end;
    }

    private void moveHead(Connection connection, Anchor end) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "update belfry_namespace set head_segment = ?, head_hash = ? where ns = ?")) {
            statement.setLong(1, end.segment());
            statement.setString(2, end.hash());
            statement.setInt(3, ns);
            statement.executeUpdate();
        }
    }
}
