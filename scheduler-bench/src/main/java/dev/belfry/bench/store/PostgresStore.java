package dev.belfry.bench.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** One PostgreSQL server on disk, with fsync and synchronous commit on. */
public final class PostgresStore implements Store {
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "max_connections", "200",
            "shared_buffers", "1GB",
            "max_wal_size", "4GB",
            "checkpoint_timeout", "15min"));

    private final EmbeddedPostgres server;
    private final long pid;

    private PostgresStore(EmbeddedPostgres server, long pid) {
        this.server = server;
        this.pid = pid;
    }

    /** Starts a server that keeps its data below {@code home}, and runs {@code schema} in it. */
    public static PostgresStore start(Path home, List<String> schema) throws IOException {
        Path data = home.resolve("postgres");
        EmbeddedPostgres.Builder builder =
                EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(true);
        SETTINGS.forEach(builder::setServerConfig);
        EmbeddedPostgres server = builder.start();
        PostgresStore store = new PostgresStore(
                server,
                Long.parseLong(
                        Files.readAllLines(data.resolve("postmaster.pid")).get(0)));
        try (Connection connection = store.connect();
                Statement statement = connection.createStatement()) {
            store.requireDurable(statement);
            for (String command : schema) {
                statement.execute(command);
            }
        } catch (SQLException e) {
            store.close();
            throw new IOException("cannot prepare PostgreSQL", e);
        }
        return store;
    }

    /** How the server is set up, for the record. */
    public static String configuration() {
        return "one server, " + SETTINGS + ", defaults otherwise";
    }

    /** The embedded server is started with fsync off unless it is told otherwise; then peers would look better than they are. */
    private void requireDurable(Statement statement) throws SQLException {
        try (ResultSet answer = statement.executeQuery("show fsync")) {
            if (!answer.next() || !answer.getString(1).equals("on")) {
                throw new SQLException("fsync is off although it was asked for");
            }
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(address());
    }

    @Override
    public String address() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public long pid() {
        return pid;
    }

    @Override
    public StoreCounters counters() throws IOException {
        SortedMap<String, Double> values = new TreeMap<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            query(statement, "select sum(xact_commit + xact_rollback) from pg_stat_database", "transactions", values);
            query(statement, "select wal_records from pg_stat_wal", "wal_records", values);
            query(statement, "select wal_bytes from pg_stat_wal", "wal_bytes", values);
            query(statement, "select sum(fsyncs) from pg_stat_io where object = 'wal'", "fsyncs", values);
        } catch (SQLException e) {
            throw new IOException("PostgreSQL does not tell its counters", e);
        }
        return new StoreCounters(values, 0);
    }

    private static void query(Statement statement, String sql, String name, SortedMap<String, Double> values)
            throws SQLException {
        try (ResultSet answer = statement.executeQuery(sql)) {
            answer.next();
            values.put(name, answer.getDouble(1));
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
