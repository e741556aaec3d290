package dev.belfry.history.jdbc;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.core.version.JobRecord;
import dev.belfry.history.AuditReport;
import dev.belfry.history.Batch;
import dev.belfry.history.CountedRow;
import dev.belfry.history.FireQuery;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryException;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.HistorySummary;
import dev.belfry.history.JobGone;
import dev.belfry.history.JournalMark;
import dev.belfry.history.Restored;
import dev.belfry.history.RowKind;
import dev.belfry.history.ShardLines;
import dev.belfry.history.WriterEnd;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The history in PostgreSQL or H2, in plain JDBC.
 *
 * <p>Thread-safe: each call takes a connection of its own.
 */
public final class JdbcHistoryStore implements HistoryStore {
    private final HistoryDatabase opened;
    private final Database database;
    private final InstantSource clock;
    private final Chain chain;
    private final Marks marks;
    private final Queries queries;
    private final Restorations restorations;
    private final int ns;

    private JdbcHistoryStore(HistoryDatabase opened, int ns, InstantSource clock) {
        this.opened = opened;
        this.database = new Database(opened.source());
        this.clock = clock;
        this.ns = ns;
        this.chain = new Chain(ns);
        this.marks = new Marks(ns);
        this.queries = new Queries(database, ns);
        this.restorations = new Restorations(ns);
    }

    /**
     * Opens the history of a namespace. Brings the schema up to date and, the first time, enters the namespace.
     *
     * @param database closed with the store
     * @throws dev.belfry.history.HistoryException if the database cannot be reached or does not let us; it is closed then
     */
    public static JdbcHistoryStore open(HistoryDatabase database, String namespace) {
        return open(database, namespace, InstantSource.system());
    }

    /** @param clock for the times at which segments are written, by which retention goes */
    public static JdbcHistoryStore open(HistoryDatabase database, String namespace, InstantSource clock) {
        try {
            database.migrate();
            int ns = new Namespaces(new Database(database.source())).enter(namespace);
            return new JdbcHistoryStore(database, ns, clock);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /**
     * Opens the history of a namespace that is there, to read it: nothing is made, and rights to read are enough.
     *
     * @param database closed with the store
     * @throws dev.belfry.history.HistoryException if the database cannot be reached or has no history of the namespace; it is
     *     closed then
     */
    public static JdbcHistoryStore existing(HistoryDatabase database, String namespace) {
        try {
            int ns = new Namespaces(new Database(database.source())).find(namespace);
            if (ns < 0) {
                throw new HistoryException(
                        HistoryException.Kind.REFUSED,
                        "history database: it has no history of namespace '" + namespace
                                + "'; check the namespace, and that an exporter writes to this database",
                        null);
            }
            return new JdbcHistoryStore(database, ns, InstantSource.system());
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    @Override
    public boolean append(Batch batch) {
        return database.transaction(connection -> {
            try {
                AuditReport.Anchor head = chain.lockHead(connection);
                for (HistoryRow row : batch.rows()) {
                    if (restorations.isThere(connection, row)) {
                        connection.rollback();
                        return false;
                    }
                }
                for (JournalMark mark : batch.marks()) {
                    if (!marks.write(connection, mark)) {
                        connection.rollback();
                        return false;
                    }
                }
                if (!batch.rows().isEmpty()) {
                    chain.add(connection, head, batch.kind(), batch.rows(), batch.exporter(), clock.instant());
                }
                return true;
            } catch (SQLException e) {
                if (Database.isDuplicate(e)) {
                    connection.rollback();
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public Map<String, JournalMark> marks() {
        return database.transaction(marks::read);
    }

    @Override
    public Map<String, KnownJob> knownJobs() {
        return queries.jobs(Long.MAX_VALUE).known();
    }

    @Override
    public List<FireEntry> outcomes(String writer, long from, long below) {
        return queries.outcomes(writer, from, below);
    }

    @Override
    public void fires(FireQuery query, Consumer<FireRow> each) {
        queries.fires(query, each);
    }

    @Override
    public List<ShardLines> shards(Instant from, Instant to) {
        return queries.shards(from, to);
    }

    @Override
    public void fires(ShardLines shard, Instant from, Instant to, Consumer<FireRow> each) {
        queries.fires(shard, from, to, each);
    }

    @Override
    public List<FireRow> fires(String writer, long fromEntry) {
        return queries.fires(writer, fromEntry);
    }

    @Override
    public List<TableEntry> table(Instant from, Instant to) {
        return queries.table(from, to);
    }

    @Override
    public List<JobRecord> jobs() {
        return queries.jobs(Long.MAX_VALUE).records();
    }

    @Override
    public List<JobRecord> jobsBefore(Restored restored) {
        return queries.jobs(restored.segment()).records();
    }

    @Override
    public List<Restored> restores() {
        return queries.restores();
    }

    @Override
    public List<WriterEnd> writers() {
        return queries.writers();
    }

    @Override
    public Map<String, JobGone> gone() {
        return queries.jobs(Long.MAX_VALUE).gone();
    }

    @Override
    public List<CountedRow> counted(Instant from, Instant to) {
        return queries.counted(from, to);
    }

    @Override
    public long retain(Instant writtenBefore) {
        return new Retention(database, chain, ns, clock).apply(writtenBefore);
    }

    @Override
    public Optional<Instant> retainedSince() {
        return queries.retainedSince();
    }

    @Override
    public HistorySummary summary() {
        return queries.summary(head());
    }

    @Override
    public long greatestToken() {
        return queries.greatestToken();
    }

    @Override
    public AuditReport audit(List<AuditReport.Anchor> anchors) {
        return database.transaction(connection -> new Audit(connection, ns, chain).run(anchors));
    }

    @Override
    public AuditReport.Anchor head() {
        return database.transaction(chain::head);
    }

    @Override
    public void close() {
        opened.close();
    }

    /** The numbers that namespaces have in this database. */
    private record Namespaces(Database database) {

        int enter(String name) {
            int known = find(name);
            if (known < 0) {
                database.transaction(connection -> add(connection, name));
                known = find(name);
            }
            return known;
        }

        private int find(String name) {
            return database.transaction(connection -> {
                try (PreparedStatement statement =
                        connection.prepareStatement("select ns from belfry_namespace where name = ?")) {
                    statement.setString(1, name);
                    try (ResultSet found = statement.executeQuery()) {
                        return found.next() ? found.getInt(1) : -1;
                    }
                }
            });
        }

        private static boolean add(Connection connection, String name) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(
                    "insert into belfry_namespace (name, head_segment, head_hash) values (?, 0, ?)")) {
                statement.setString(1, name);
                statement.setString(2, Digests.BEGINNING);
                return statement.executeUpdate() == 1;
            } catch (SQLException e) {
                if (Database.isDuplicate(e)) {
                    // Somebody else has entered it meanwhile.
                    connection.rollback();
                    return false;
                }
                throw e;
            }
        }
    }

    /** Reads all rows of one kind that a condition finds. */
    static List<HistoryRow> rows(PreparedStatement statement, RowKind kind) throws SQLException {
        List<HistoryRow> rows = new java.util.ArrayList<>();
        try (ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                rows.add(Chain.table(kind).read(found).row());
            }
        }
        return rows;
    }
}
