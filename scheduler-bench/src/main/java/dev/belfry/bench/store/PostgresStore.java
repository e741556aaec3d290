package dev.belfry.bench.store;

import dev.belfry.bench.machine.ProcessStat;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One PostgreSQL server on disk, with fsync and synchronous commit on. */
public final class PostgresStore implements Store {
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            "fsync", "on",
            "synchronous_commit", "on",
            "max_connections", "200",
            "shared_buffers", "1GB",
            "max_wal_size", "4GB",
            "checkpoint_timeout", "15min"));

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedPostgres server;
    private final Path data;
    private final String address;
    private long pid;
    /** What it was started with; kept when it is killed. */
    private List<String> command = List.of();

    private PostgresStore(EmbeddedPostgres server, Path data) throws IOException {
        this.server = server;
        this.data = data;
        address = server.getJdbcUrl("postgres", "postgres");
        pid = firstProcess();
    }

    private long firstProcess() throws IOException {
        return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0));
    }

    /** Starts a server that keeps its data below {@code home}, and runs {@code schema} in it. */
    public static PostgresStore start(Path home, List<String> schema) throws IOException {
        Path data = home.resolve("postgres");
        EmbeddedPostgres.Builder builder =
                EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(true);
        SETTINGS.forEach(builder::setServerConfig);
        EmbeddedPostgres server = builder.start();
        PostgresStore store = new PostgresStore(server, data);
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
        return address;
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
    public void kill() throws IOException {
        command = ProcessStat.command(pid);
        ProcessHandle first = ProcessHandle.of(pid).orElseThrow(() -> new IOException("PostgreSQL has ended already"));
        List<ProcessHandle> all =
                Stream.concat(Stream.of(first), first.descendants()).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        // Memory that they share is free only when the last has ended.
        all.forEach(process -> process.onExit().join());
    }

    @Override
    public Instant restart() throws IOException {
        // The server will not run as root; as when it was started first, it is given a user of its own.
        List<String> words = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            words.addAll(List.of("unshare", "-U"));
        }
        words.addAll(command);
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolveSibling("postgres-again.log").toFile()))
                .start();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            if (answers()) {
                Instant now = Instant.now();
                pid = firstProcess();
                return now;
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        process.destroy();
        throw new IOException("PostgreSQL does not answer after its restart; see the log beside " + data);
    }

    private boolean answers() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            return statement.execute("select 1");
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
