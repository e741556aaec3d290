package dev.belfry.history.jdbc;

import dev.belfry.history.HistoryRow;
import dev.belfry.history.RowKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes rows of one kind to their table and reads them from it. */
final class RowTable {
    /** Columns before those of the kind: ns, segment, pos. */
    private static final int BEFORE = 3;

    private final RowKind kind;
    private final String columns;
    private final String insert;

    RowTable(RowKind kind) {
        this.kind = kind;
        this.columns = kind.columns().stream().map(RowKind.Column::name).collect(Collectors.joining(", "));
        this.insert = "insert into " + kind.table() + " (ns, segment, pos, " + columns + ") values (?, ?, ?"
                + ", ?".repeat(kind.columns().size()) + ")";
    }

    /** {@code select ns, segment, pos, ... from ...}, to be followed by a condition. */
    String select() {
        return "select ns, segment, pos, " + columns + " from " + kind.table() + " ";
    }

    /** A row and where in the chain it says that it is. */
    record Placed(long segment, int pos, HistoryRow row) {}

    /** @param first position of the first row; the others follow */
    void insert(Connection connection, int ns, long segment, int first, List<HistoryRow> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            for (int i = 0; i < rows.size(); i++) {
                statement.setInt(1, ns);
                statement.setLong(2, segment);
                statement.setInt(3, first + i);
                bind(statement, rows.get(i));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private void bind(PreparedStatement statement, HistoryRow row) throws SQLException {
        for (int i = 0; i < row.values().size(); i++) {
            int at = BEFORE + 1 + i;
            Object value = row.values().get(i);
            if (value instanceof String text) {
                statement.setString(at, text);
            } else if (value instanceof Long number) {
                statement.setLong(at, number);
            } else if (value instanceof Boolean flag) {
                statement.setBoolean(at, flag);
            } else if (value instanceof Instant instant) {
                boolean none =
                        kind.columns().get(i).type() == RowKind.Type.OPTIONAL_INSTANT && instant.equals(Instant.EPOCH);
                if (none) {
                    statement.setNull(at, Types.TIMESTAMP_WITH_TIMEZONE);
                } else {
                    statement.setObject(at, stored(instant));
                }
            }
        }
    }

    static OffsetDateTime stored(Instant instant) {
        // Not atOffset, which makes the rules of the zone anew for every value.
        return OffsetDateTime.of(
                LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC),
                ZoneOffset.UTC);
    }

    /** The row at the cursor, which is on a {@link #select}. */
    Placed read(ResultSet found) throws SQLException {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < kind.columns().size(); i++) {
            int at = BEFORE + 1 + i;
            values.add(
                    switch (kind.columns().get(i).type()) {
                        case TEXT -> text(found, at);
                        case NUMBER -> found.getLong(at);
                        case FLAG -> found.getBoolean(at);
                        case INSTANT, OPTIONAL_INSTANT -> instant(found, at);
                    });
        }
        return new Placed(found.getLong(2), found.getInt(3), new HistoryRow(kind, values));
    }

    private static String text(ResultSet found, int at) throws SQLException {
        String text = found.getString(at);
        return text == null ? "" : text;
    }

    static Instant instant(ResultSet found, int at) throws SQLException {
        OffsetDateTime stored = found.getObject(at, OffsetDateTime.class);
        return stored == null ? Instant.EPOCH : stored.toInstant();
    }
}
