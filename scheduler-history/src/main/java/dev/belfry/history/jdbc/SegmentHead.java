package dev.belfry.history.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** What is stored of a segment beside its rows. */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
record SegmentHead(
        long segment,
        String kind,
        Instant writtenAt,
        String exporter,
        int rows,
        byte[] digests,
        String rowsHash,
        String previous,
        String hash) {

    static final String COLUMNS = "segment, kind, written_at, exporter, row_count, digests, rows_hash, previous, hash";

    /** With the hash that it has to have. */
    SegmentHead hashed() {
        return new SegmentHead(
                segment, kind, writtenAt, exporter, rows, digests, rowsHash, previous, Digests.segment(this));
    }

    static SegmentHead read(ResultSet found) throws SQLException {
        return new SegmentHead(
                found.getLong(1),
                found.getString(2),
                RowTable.instant(found, 3),
                found.getString(4),
                found.getInt(5),
                found.getBytes(6),
                found.getString(7),
                found.getString(8),
                found.getString(9));
    }

    void insert(Connection connection, int ns) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into belfry_segment (ns, " + COLUMNS + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            statement.setInt(1, ns);
            statement.setLong(2, segment);
            statement.setString(3, kind);
            statement.setObject(4, RowTable.stored(writtenAt));
            statement.setString(5, exporter);
            statement.setInt(6, rows);
            statement.setBytes(7, digests);
            statement.setString(8, rowsHash);
            statement.setString(9, previous);
            statement.setString(10, hash);
            statement.executeUpdate();
        }
    }
}
