package dev.belfry.history.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** Databases for tests: an H2 file, and a PostgreSQL server that all tests of a JVM share. */
public final class Databases {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static EmbeddedPostgres server;

    private Databases() {}

    /** A place for a history that can be opened again and again. */
    @FunctionalInterface
    public interface Place {
        HistoryDatabase open();
    }

    public static Place h2(Path directory) {
        Path file = directory.resolve("history-" + NUMBER.incrementAndGet());
        return () -> HistoryDatabase.h2(file);
    }

    /** A new database on the shared server. */
    public static Place postgres() {
        String name = "history" + NUMBER.incrementAndGet();
        EmbeddedPostgres running = server();
        try (Connection connection = running.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        String url = "jdbc:postgresql://localhost:" + running.getPort() + "/" + name;
        return () -> HistoryDatabase.connect(url, "postgres", "postgres");
    }

    private static synchronized EmbeddedPostgres server() {
        if (server == null) {
            try {
                server = EmbeddedPostgres.builder().start();
            } catch (IOException | RuntimeException e) {
                // Without a server nothing is shown of PostgreSQL: allowed on a developer's machine, where the report
                // names what was skipped, not where changes are admitted.
                if ("true".equals(System.getenv("CI"))) {
                    throw new IllegalStateException("PostgreSQL does not start here", e);
                }
                Assumptions.abort("SKIPPED, nothing is shown of PostgreSQL: it does not start here: " + e);
            }
        }
        return server;
    }
}
