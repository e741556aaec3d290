package dev.belfry.history.jdbc;

import dev.belfry.history.HistoryException;
import dev.belfry.history.HistoryException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLTransientException;
import javax.sql.DataSource;

/** Runs what is to be done in one transaction, and says what a failure means. Thread-safe. */
final class Database {
    private final DataSource source;

    Database(DataSource source) {
        this.source = source;
    }

    /** Work on a connection. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Runs {@code work} in a transaction, which is rolled back if it throws. */
    <T> T transaction(Work<T> work) {
        try (Connection connection = source.getConnection()) {
            boolean auto = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(auto);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
    }

    /** Whether a row was refused because there is one with its key. */
    static boolean isDuplicate(SQLException e) {
        for (SQLException one = e; one != null; one = one.getNextException()) {
            String state = one.getSQLState();
            if (one instanceof SQLIntegrityConstraintViolationException || (state != null && state.startsWith("23"))) {
                return true;
            }
        }
        return false;
    }

    static HistoryException failure(SQLException e) {
        String state = e.getSQLState();
        boolean away = e instanceof SQLTransientException
                || e instanceof java.sql.SQLNonTransientConnectionException
                || e instanceof java.sql.SQLRecoverableException
                || state == null
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("55")
                || state.startsWith("57")
                || state.startsWith("58")
                || state.startsWith("90");
        Kind kind = away ? Kind.UNAVAILABLE : Kind.REFUSED;
        String advice = away
                ? "check that the database runs, its address and its credentials"
                : "check the rights of the user and that nobody else has changed Belfry's tables";
        return new HistoryException(kind, "history database: " + e.getMessage() + "; " + advice, e);
    }
}
