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
import java.time.InstantSource;
import java.util.List;

/** Removes the oldest events, some segments at a time, and enters each removal into the chain. */
final class Retention {
    /** Segments of one transaction, so that none is long. */
    private static final int SEGMENTS = 200;

    private final Database database;
    private final Chain chain;
    private final int ns;
    private final InstantSource clock;

    Retention(Database database, Chain chain, int ns, InstantSource clock) {
        this.database = database;
        this.chain = chain;
        this.ns = ns;
        this.clock = clock;
    }

    long apply(Instant writtenBefore) {
        Instant cutoff = Instant.ofEpochMilli(writtenBefore.toEpochMilli());
        long removed = 0;
        while (true) {
            long some = database.transaction(connection -> some(connection, cutoff));
            if (some < 0) {
                return removed;
            }
            removed += some;
        }
    }

    /** Rows removed; -1 if there was nothing to remove. */
    private long some(Connection connection, Instant cutoff) throws SQLException {
        Anchor head = chain.lockHead(connection);
        long done = upTo(connection, ns);
        long upTo = last(connection, done, cutoff);
        if (upTo <= done) {
            return -1;
        }
        long removed = 0;
        for (RowKind kind : RowKind.values()) {
            if (kind.segment() == SegmentKind.EVENTS) {
                try (PreparedStatement statement = connection.prepareStatement(
                        "delete from " + kind.table() + " where ns = ? and segment > ? and segment <= ?")) {
                    statement.setInt(1, ns);
                    statement.setLong(2, done);
                    statement.setLong(3, upTo);
                    removed += statement.executeUpdate();
                }
            }
        }
        HistoryRow record = HistoryRow.of(RowKind.RETENTION, upTo, removed, cutoff);
        chain.add(connection, head, SegmentKind.RETENTION, List.of(record), "retention", clock.instant());
        return removed;
    }

    /** The last segment whose events are removed already; 0 if none is. */
    static long upTo(Connection connection, int ns) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select coalesce(max(up_to), 0) from belfry_retention where ns = ?")) {
            statement.setInt(1, ns);
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                return found.getLong(1);
            }
        }
    }

    /** The last of the next few segments of events before the first that is to be kept. */
    private long last(Connection connection, long after, Instant cutoff) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select segment, written_at from belfry_segment where ns = ? and kind = ? and segment > ?"
                        + " order by segment")) {
            statement.setMaxRows(SEGMENTS);
            statement.setInt(1, ns);
            statement.setString(2, SegmentKind.EVENTS.text());
            statement.setLong(3, after);
            long last = after;
            try (ResultSet found = statement.executeQuery()) {
                while (found.next() && RowTable.instant(found, 2).isBefore(cutoff)) {
                    last = found.getLong(1);
                }
            }
            return last;
        }
    }
}
