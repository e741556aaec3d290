package dev.belfry.history.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.belfry.history.HistoryException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * A database for the history: an H2 file, a PostgreSQL server, or whatever {@link DataSource} its owner has for one of the two.
 *
 * <p>Thread-safe.
 */
public final class HistoryDatabase implements AutoCloseable {
    private static final String POSTGRESQL = "jdbc:postgresql:";
    private static final String H2 = "jdbc:h2:";
    private static final String H2_ADDRESS = "h2.bindAddress";
    /** H2: not there, and not to be made. */
    private static final int H2_NO_SUCH_DATABASE = 90146;

    private static final int CONNECTIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final DataSource source;
    private final Runnable closing;

    private HistoryDatabase(DataSource source, Runnable closing) {
        this.source = source;
        this.closing = closing;
    }

    /**
     * An H2 database in a file, made if it is not there. One process at a time can have it open.
     *
     * @param file without the ending {@code .mv.db}
     * @throws HistoryException if it cannot be opened
     */
    public static HistoryDatabase h2(Path file) {
        return connect(H2 + "file:" + file.toAbsolutePath() + ";DB_CLOSE_ON_EXIT=FALSE", "belfry", "");
    }

    /**
     * The address of an H2 database in a file that processes of this machine share: the first to open it serves the others, over
     * the loopback interface, and only those that can read its lock file.
     *
     * @param file without the ending {@code .mv.db}
     */
    public static String sharedH2(Path file) {
        return H2 + "file:" + file.toAbsolutePath() + ";AUTO_SERVER=TRUE";
    }

    /**
     * As {@link #connect}, but makes no database where there is none.
     *
     * @throws HistoryException if it is not there or cannot be reached
     */
    public static HistoryDatabase existing(String url, String user, String password) {
        boolean made = url.startsWith(H2) && !url.toUpperCase(Locale.ROOT).contains(";IFEXISTS=");
        return connect(made ? url + ";IFEXISTS=TRUE" : url, user, password);
    }

    /**
     * A database by its address, with a pool of connections that is closed with it.
     *
     * @param url such as {@code jdbc:postgresql://host/database}
     * @throws HistoryException if it cannot be reached
     * @throws IllegalArgumentException if it is neither of PostgreSQL nor of H2
     */
    public static HistoryDatabase connect(String url, String user, String password) {
        if (!url.startsWith(POSTGRESQL) && !url.startsWith(H2)) {
            throw new IllegalArgumentException("the history is kept in PostgreSQL or H2, not at '"
                    + url.replaceAll("[?;].*", "") + "'; begin with jdbc:postgresql: or jdbc:h2:");
        }
        if (url.startsWith(H2) && System.getProperty(H2_ADDRESS) == null) {
            // Whatever H2 serves in this process is for this machine alone.
            System.setProperty(H2_ADDRESS, "127.0.0.1");
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("belfry-history");
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(PATIENCE.toMillis());
        if (url.startsWith(POSTGRESQL)) {
            config.addDataSourceProperty("reWriteBatchedInserts", "true");
        }
        try {
            HikariDataSource pool = new HikariDataSource(config);
            return new HistoryDatabase(pool, pool::close);
        } catch (HikariPool.PoolInitializationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof SQLException sql && sql.getErrorCode() == H2_NO_SUCH_DATABASE) {
                throw new HistoryException(
                        HistoryException.Kind.UNAVAILABLE,
                        "history database: there is none at " + url.replaceAll(";.*", "")
                                + "; an exporter makes it: 'belfry up', an agent with --history-url, or 'belfry export-history'",
                        e);
            }
            throw new HistoryException(
                    HistoryException.Kind.UNAVAILABLE,
                    "history database: cannot connect: " + cause.getMessage()
                            + "; check that it runs, its address and its credentials; an H2 file can be open in one process only",
                    e);
        }
    }

    /** A database whose connections come from elsewhere; closing it does not close {@code source}. */
    public static HistoryDatabase of(DataSource source) {
        return new HistoryDatabase(source, () -> {});
    }

    DataSource source() {
        return source;
    }

    /** Brings Belfry's tables up to date; touches nothing else in the schema. */
    void migrate() {
        try {
            Flyway.configure(HistoryDatabase.class.getClassLoader())
                    .dataSource(source)
                    // Not where a service's own Flyway looks, and not into its table.
                    .locations("classpath:belfry/db/migration")
                    .table("belfry_schema")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new HistoryException(
                    HistoryException.Kind.UNAVAILABLE,
                    "history database: its tables cannot be brought up to date: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void close() {
        closing.run();
    }
}
