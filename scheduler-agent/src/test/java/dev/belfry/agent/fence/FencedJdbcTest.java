package dev.belfry.agent.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On H2, and on a PostgreSQL server that the test starts. */
@Timeout(180)
class FencedJdbcTest {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static EmbeddedPostgres server;

    private final FencedJdbc fenced = new FencedJdbc();

    enum Kind {
        H2,
        POSTGRESQL
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private DataSource source(Kind kind) throws SQLException {
        String name = "fence" + NUMBER.incrementAndGet();
        DataSource source = kind == Kind.H2 ? h2(name) : postgresql(name);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            fenced.createTable(connection);
            fenced.createTable(connection);
            statement.execute("create table written (n int not null primary key, token bigint not null)");
        }
        return source;
    }

    private static DataSource h2(String name) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=60000");
        return source;
    }

    private static synchronized DataSource postgresql(String name) throws SQLException {
        if (server == null) {
            try {
                server = EmbeddedPostgres.builder().start();
            } catch (IOException | RuntimeException e) {
                if ("true".equals(System.getenv("CI"))) {
                    throw new IllegalStateException("PostgreSQL does not start here", e);
                }
                Assumptions.abort("SKIPPED, nothing is shown of PostgreSQL: it does not start here: " + e);
            }
        }
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return server.getDatabase("postgres", name);
    }

    /** Appends the token to what was written; the guard is what keeps two from taking the same number. */
    private static Void append(Connection connection, long token) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into written select coalesce(max(n), 0) + 1, cast(? as bigint) from written")) {
            insert.setLong(1, token);
            insert.executeUpdate();
        }
        return null;
    }

    private static List<Long> written(DataSource source) throws SQLException {
        List<Long> tokens = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select token from written order by n")) {
            while (rows.next()) {
                tokens.add(rows.getLong(1));
            }
        }
        return tokens;
    }

    @ParameterizedTest
    @EnumSource
    void writerThatWasReplacedIsRefusedAndWritesNothing(Kind kind) throws SQLException {
        DataSource source = source(kind);
        fenced.write(source, "index/0", 10, connection -> append(connection, 10));
        fenced.write(source, "index/0", 12, connection -> append(connection, 12));
        assertThatThrownBy(() -> fenced.write(source, "index/0", 11, connection -> append(connection, 11)))
                .isInstanceOfSatisfying(StaleWriterException.class, stale -> {
                    assertThat(stale.resource()).isEqualTo("index/0");
                    assertThat(stale.token()).isEqualTo(11);
                    assertThat(stale.highest()).isEqualTo(12);
                });
        fenced.write(source, "index/0", 12, connection -> append(connection, 12));
        fenced.write(source, "index/1", 11, connection -> append(connection, 11));
        assertThat(written(source)).containsExactly(10L, 12L, 12L, 11L);
    }

    @ParameterizedTest
    @EnumSource
    void writeThatFailsLeavesTheTokenAsItWas(Kind kind) throws SQLException {
        DataSource source = source(kind);
        fenced.write(source, "index/0", 10, connection -> append(connection, 10));
        assertThatThrownBy(() -> fenced.write(source, "index/0", 20, connection -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThatCode(() -> fenced.write(source, "index/0", 15, connection -> append(connection, 15)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource
    void laterWriterWaitsForTheOneThatWasLetThrough(Kind kind) throws Exception {
        DataSource source = source(kind);
        CountDownLatch through = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<Void> early = CompletableFuture.runAsync(() -> write(source, 1, through, goOn));
        assertThat(through.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Void> late =
                CompletableFuture.runAsync(() -> write(source, 2, new CountDownLatch(1), new CountDownLatch(0)));
        goOn.countDown();
        early.get(60, TimeUnit.SECONDS);
        late.get(60, TimeUnit.SECONDS);
        assertThat(written(source)).containsExactly(1L, 2L);
        assertThatThrownBy(() -> fenced.write(source, "index/0", 1, connection -> append(connection, 1)))
                .isInstanceOf(StaleWriterException.class);
    }

    private void write(DataSource source, long token, CountDownLatch through, CountDownLatch goOn) {
        try {
            fenced.write(source, "index/0", token, connection -> {
                through.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new SQLException(e);
                }
                return append(connection, token);
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void tokensOfTwoWritersThatRaceAreNeverWrittenOutOfOrder(Kind kind) throws Exception {
        DataSource source = source(kind);
        AtomicLong next = new AtomicLong();
        AtomicInteger refused = new AtomicInteger();
        CompletableFuture<?>[] writers = new CompletableFuture<?>[2];
        for (int i = 0; i < writers.length; i++) {
            SplittableRandom random = new SplittableRandom(i);
            writers[i] = CompletableFuture.runAsync(() -> race(source, next, refused, random));
        }
        CompletableFuture.allOf(writers).get(120, TimeUnit.SECONDS);
        List<Long> tokens = written(source);
        assertThat(tokens).isSorted();
        assertThat(tokens.size() + refused.get()).isEqualTo(2 * 200);
        assertThat(tokens).hasSizeGreaterThan(100);
    }

    /** Some attempts wait between getting their token and using it: the other writer overtakes them. */
    private void race(DataSource source, AtomicLong next, AtomicInteger refused, SplittableRandom random) {
        List<Long> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            held.add(next.incrementAndGet());
            while (!held.isEmpty() && (i == 199 || random.nextInt(3) > 0)) {
                long token = held.remove(random.nextInt(held.size()));
                try {
                    fenced.write(source, "index/0", token, connection -> append(connection, token));
                } catch (StaleWriterException e) {
                    refused.incrementAndGet();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void attemptsOfOneOwnerMayWriteSideBySideIfTheJobAllowsThat(Kind kind) throws SQLException {
        DataSource source = source(kind);
        FencedJdbc owners = fenced.betweenOwners();
        long first = 5L << 20;
        long second = 6L << 20;
        owners.write(source, "index/0", first + 2, connection -> append(connection, 2));
        owners.write(source, "index/0", first + 1, connection -> append(connection, 1));
        owners.write(source, "index/0", second + 1, connection -> append(connection, 3));
        assertThatThrownBy(() -> owners.write(source, "index/0", first + 3, connection -> append(connection, 4)))
                .isInstanceOf(StaleWriterException.class);
        assertThat(written(source)).containsExactly(2L, 1L, 3L);
    }

    @ParameterizedTest
    @EnumSource
    void guardOutsideATransactionIsRefusedSinceItWouldProtectNothing(Kind kind) throws SQLException {
        try (Connection connection = source(kind).getConnection()) {
            assertThatThrownBy(() -> fenced.guard(connection, "index/0", 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("setAutoCommit(false)");
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> fenced.guard(connection, "", 1)).isInstanceOf(IllegalArgumentException.class);
            connection.rollback();
        }
        assertThatThrownBy(() -> new FencedJdbc("x; drop table y")).isInstanceOf(IllegalArgumentException.class);
    }
}
