package dev.belfry.history.jdbc;

import dev.belfry.history.JournalMark;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/** How far each journal is exported, in {@code belfry_journal}. */
final class Marks {
    private final int ns;

    Marks(int ns) {
        this.ns = ns;
    }

    Map<String, JournalMark> read(Connection connection) throws SQLException {
        Map<String, JournalMark> marks = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "select writer, entry, lines, floor, counts, revision from belfry_journal where ns = ?")) {
            statement.setInt(1, ns);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    marks.put(
                            found.getString(1),
                            new JournalMark(
                                    found.getString(1),
                                    found.getLong(2),
                                    found.getInt(3),
                                    found.getLong(4),
                                    found.getString(5),
                                    found.getLong(6),
                                    false));
                }
            }
        }
        return marks;
    }

    /**
     * Writes a mark that was read at its revision.
     *
     * @return whether it still was at that revision; a new one that somebody else has made is refused by its key
     */
    boolean write(Connection connection, JournalMark mark) throws SQLException {
        if (mark.over()) {
            return remove(connection, mark);
        }
        String sql = mark.revision() == 0
                ? "insert into belfry_journal (entry, lines, floor, counts, revision, ns, writer)"
                        + " values (?, ?, ?, ?, ?, ?, ?)"
                : "update belfry_journal set entry = ?, lines = ?, floor = ?, counts = ?, revision = ?"
                        + " where ns = ? and writer = ? and revision = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, mark.entry());
            statement.setInt(2, mark.lines());
            statement.setLong(3, mark.floor());
            statement.setString(4, mark.counts());
            statement.setLong(5, mark.revision() + 1);
            statement.setInt(6, ns);
            statement.setString(7, mark.writer());
            if (mark.revision() > 0) {
                statement.setLong(8, mark.revision());
            }
            return statement.executeUpdate() == 1;
        }
    }

    private boolean remove(Connection connection, JournalMark mark) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "delete from belfry_journal where ns = ? and writer = ? and revision = ?")) {
            statement.setInt(1, ns);
            statement.setString(2, mark.writer());
            statement.setLong(3, mark.revision());
            return statement.executeUpdate() == 1;
        }
    }
}
