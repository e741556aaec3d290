package dev.belfry.agent.fence;

import dev.belfry.agent.JobContext;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Lets only the newest attempt at a shard write to a database. A table has, for each resource, the greatest fencing token that
 * has written; one guarded update, in the transaction of the job's own writes, raises it, or refuses the writer.
 *
 * <p>The update holds the lock of its row until the transaction ends. So a writer that was let through finishes before a later
 * one is, and none that is earlier comes after. It takes a table that the job's writes share a database with; what it cannot
 * do is told in {@code docs/fencing.md}.
 *
 * <p>Works on PostgreSQL and H2 at READ COMMITTED, and on any database with row locks and savepoints. Thread-safe; connections
 * are not shared.
 */
public final class FencedJdbc {
    /** The table unless another is named. */
    public static final String TABLE = "belfry_fence";
    /** Characters of a resource's name at most. */
    public static final int LONGEST_RESOURCE = 255;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)?");
    /** The part of a token that numbers the attempts of one owner. */
    private static final long ATTEMPTS = (1L << 20) - 1;

    private final String table;
    private final long slack;

    /** What is written under the guard. */
    @FunctionalInterface
    public interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** With the table {@value #TABLE}. */
    public FencedJdbc() {
        this(TABLE, 0);
    }

    /**
     * With another table.
     *
     * @param table a name, or a schema and a name, of letters, digits and underscores
     * @throws IllegalArgumentException if it is none
     */
    public FencedJdbc(String table) {
        this(table, 0);
    }

    private FencedJdbc(String table, long slack) {
        if (!NAME.matcher(table).matches()) {
            throw new IllegalArgumentException("not the name of a table: '" + table + "'");
        }
        this.table = table;
        this.slack = slack;
    }

    /**
     * The same for a job with {@code overlap: allow}: attempts of one owner run side by side and do not refuse each other; those
     * of an owner that was replaced are refused.
     */
    public FencedJdbc betweenOwners() {
        return new FencedJdbc(table, ATTEMPTS);
    }

    /** The statement that makes the table, if it is not there. */
    public String ddl() {
        return "create table if not exists " + table + " (resource varchar(" + LONGEST_RESOURCE
                + ") not null primary key, token bigint not null)";
    }

    /** Makes the table, if it is not there. */
    public void createTable(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ddl());
        }
    }

    /** The resource that stands for the shard of an attempt: {@code <job>/<shard>}. */
    public static String resource(JobContext context) {
        return context.job() + "/" + context.shard();
    }

    /**
     * Lets the writer through, or refuses it. To be called in a transaction, before its writes, on the same connection.
     *
     * @param resource what is written; every writer of it names it the same. At most {@link #LONGEST_RESOURCE} characters
     * @param token of the attempt, {@link JobContext#fencingToken}
     * @throws StaleWriterException if a greater token has written; roll back and stop
     * @throws IllegalStateException if the connection commits by itself: the guard would be over before the write
     */
    public void guard(Connection connection, String resource, long token) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "the guard holds for a transaction, and this connection commits by itself: call setAutoCommit(false)");
        }
        if (resource.isEmpty() || resource.length() > LONGEST_RESOURCE) {
            throw new IllegalArgumentException(
                    "a resource has 1 to " + LONGEST_RESOURCE + " characters, not " + resource.length());
        }
        if (raise(connection, resource, token) || first(connection, resource, token)) {
            return;
        }
        // Somebody else was first, a moment ago.
        if (!raise(connection, resource, token)) {
            throw new StaleWriterException(resource, token, highest(connection, resource));
        }
    }

    /** The same for the shard of an attempt. */
    public void guard(Connection connection, JobContext context) throws SQLException {
        guard(connection, resource(context), context.fencingToken());
    }

    /**
     * Runs {@code work} in a transaction of its own, after the guard; commits, or rolls back if anything throws.
     *
     * @throws StaleWriterException if a greater token has written; {@code work} has not run then
     */
    public <T> T write(DataSource source, String resource, long token, Work<T> work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            boolean auto = connection.getAutoCommit();
            connection.setAutoCommit(false);
            try {
                guard(connection, resource, token);
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(auto);
            }
        }
    }

    /** The same for the shard of an attempt. */
    public <T> T write(DataSource source, JobContext context, Work<T> work) throws SQLException {
        return write(source, resource(context), context.fencingToken(), work);
    }

    /** The guarded update itself. */
    private boolean raise(Connection connection, String resource, long token) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("update " + table
                + " set token = case when token < ? then ? else token end where resource = ? and token <= ?")) {
            update.setLong(1, token);
            update.setLong(2, token);
            update.setString(3, resource);
            update.setLong(4, token | slack);
            return update.executeUpdate() == 1;
        }
    }

    /** The first write of all to a resource; false if there is a row already, whatever it says. */
    private boolean first(Connection connection, String resource, long token) throws SQLException {
        if (highest(connection, resource) >= 0) {
            return false;
        }
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement insert =
                connection.prepareStatement("insert into " + table + " (resource, token) values (?, ?)")) {
            insert.setString(1, resource);
            insert.setLong(2, token);
            insert.executeUpdate();
            return true;
        } catch (SQLException e) {
            connection.rollback(before);
            if (isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    /** The greatest token that has written; -1 if none has. */
    private long highest(Connection connection, String resource) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select token from " + table + " where resource = ?")) {
            select.setString(1, resource);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : -1;
            }
        }
    }

    private static boolean isDuplicate(SQLException e) {
        String state = e.getSQLState();
        return e instanceof SQLIntegrityConstraintViolationException || (state != null && state.startsWith("23"));
    }
}
