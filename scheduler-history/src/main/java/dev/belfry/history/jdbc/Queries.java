package dev.belfry.history.jdbc;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.TableEntry;
import dev.belfry.history.AuditReport;
import dev.belfry.history.CountedRow;
import dev.belfry.history.FireQuery;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryRow;
import dev.belfry.history.HistorySummary;
import dev.belfry.history.Restored;
import dev.belfry.history.RowKind;
import dev.belfry.history.ShardLines;
import dev.belfry.history.TableRows;
import dev.belfry.history.WriterEnd;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What can be asked of the history of one namespace. Thread-safe. */
final class Queries {
    private static final int FETCH = 1_000;
    /** Bits of a token that number the attempts of one owner; as many of a generation number the versions of a term. */
    private static final int ATTEMPT_BITS = 20;

    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");

    private final Database database;
    private final int ns;
    private final Restorations restorations;

    Queries(Database database, int ns) {
        this.database = database;
        this.ns = ns;
        this.restorations = new Restorations(ns);
    }

    private static OffsetDateTime bound(Instant at) {
        Instant within = at.isBefore(FIRST) ? FIRST : at.isAfter(LAST) ? LAST : at;
        return within.atOffset(ZoneOffset.UTC);
    }

    /** What is known of jobs before a segment of the chain. */
    JobTable jobs(long before) {
        return database.transaction(connection -> JobTable.read(connection, restorations, before));
    }

    List<Restored> restores() {
        return database.transaction(restorations::read);
    }

    List<WriterEnd> writers() {
        return database.transaction(restorations::writers);
    }

    List<FireEntry> outcomes(String writer, long from, long below) {
        return database.transaction(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement(Chain.table(RowKind.FIRE).select()
                            + "where ns = ? and writer = ? and entry >= ? and entry < ? and kind = 'final'"
                            // What came after a copy that was put back has left no journal.
                            + " and not exists (select 1 from belfry_restore_cut c where c.ns = belfry_fire.ns"
                            + " and c.writer = belfry_fire.writer and (belfry_fire.entry > c.entry"
                            + " or (belfry_fire.entry = c.entry and belfry_fire.line >= c.line)))")) {
                statement.setInt(1, ns);
                statement.setString(2, writer);
                statement.setLong(3, from);
                statement.setLong(4, below);
                return JdbcHistoryStore.rows(statement, RowKind.FIRE).stream()
                        .map(row -> FireRow.of(row).event())
                        .toList();
            }
        });
    }

    void fires(FireQuery query, Consumer<FireRow> each) {
        StringBuilder sql = new StringBuilder(Chain.table(RowKind.FIRE).select());
        sql.append("where ns = ? and last_due >= ? and due < ?");
        List<String> texts = new ArrayList<>();
        query.job().ifPresent(job -> {
            sql.append(" and (job_uid = ? or job_name = ?)");
            texts.add(job);
            texts.add(job);
        });
        query.shard().ifPresent(shard -> {
            sql.append(" and shard = ?");
            texts.add(shard);
        });
        sql.append(" order by due, writer, entry, line");
        database.transaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
                // PostgreSQL then hands out rows as they come; H2 holds all of them, on disk if they are many.
                statement.setFetchSize(FETCH);
                statement.setMaxRows(query.limit() == Integer.MAX_VALUE ? 0 : query.limit());
                statement.setInt(1, ns);
                statement.setObject(2, bound(query.from()));
                statement.setObject(3, bound(query.to()));
                for (int i = 0; i < texts.size(); i++) {
                    statement.setString(4 + i, texts.get(i));
                }
                each(statement, each);
            }
            return true;
        });
    }

    List<ShardLines> shards(Instant from, Instant to) {
        return database.transaction(connection -> {
            List<ShardLines> shards = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement("select job_uid, layout, shard, count(*),"
                    + " min(case when kind = 'final' and scheduled then due end) from belfry_fire"
                    + " where ns = ? and last_due >= ? and due < ? group by job_uid, layout, shard")) {
                bindRange(statement, 1, from, to);
                try (ResultSet found = statement.executeQuery()) {
                    while (found.next()) {
                        OffsetDateTime first = found.getObject(5, OffsetDateTime.class);
                        shards.add(new ShardLines(
                                found.getString(1),
                                found.getInt(2),
                                found.getString(3),
                                found.getLong(4),
                                Optional.ofNullable(first).map(OffsetDateTime::toInstant)));
                    }
                }
            }
            return shards;
        });
    }

    void fires(ShardLines shard, Instant from, Instant to, Consumer<FireRow> each) {
        database.transaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    Chain.table(RowKind.FIRE).select()
                            + "where ns = ? and last_due >= ? and due < ? and job_uid = ? and shard = ? and layout = ?")) {
                statement.setFetchSize(FETCH);
                bindRange(statement, 1, from, to);
                statement.setString(4, shard.jobUid());
                statement.setString(5, shard.shard());
                statement.setLong(6, shard.layout());
                each(statement, each);
            }
            return true;
        });
    }

    List<FireRow> fires(String writer, long fromEntry) {
        List<FireRow> rows = new ArrayList<>();
        database.transaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(Chain.table(RowKind.FIRE)
                            .select() + "where ns = ? and writer = ? and entry >= ? order by entry, line")) {
                statement.setInt(1, ns);
                statement.setString(2, writer);
                statement.setLong(3, fromEntry);
                each(statement, rows::add);
            }
            return true;
        });
        return rows;
    }

    private static void each(PreparedStatement statement, Consumer<FireRow> each) throws SQLException {
        try (ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                each.accept(FireRow.of(Chain.table(RowKind.FIRE).read(found).row()));
            }
        }
    }

    List<TableEntry> table(Instant from, Instant to) {
        return database.transaction(connection -> {
            Map<String, List<HistoryRow>> changes = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(
                    Chain.table(RowKind.TABLE_CHANGE).select()
                            + "where ns = ? and name in (select name from belfry_table_version where ns = ? and at >= ?"
                            + " and at < ?) order by name, line")) {
                statement.setInt(1, ns);
                bindRange(statement, 2, from, to);
                for (HistoryRow row : JdbcHistoryStore.rows(statement, RowKind.TABLE_CHANGE)) {
                    changes.computeIfAbsent(row.text("name"), name -> new ArrayList<>())
                            .add(row);
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(Chain.table(RowKind.TABLE_VERSION)
                            .select() + "where ns = ? and at >= ? and at < ? order by term, generation, name")) {
                bindRange(statement, 1, from, to);
                return JdbcHistoryStore.rows(statement, RowKind.TABLE_VERSION).stream()
                        .map(row -> TableRows.entry(row, changes.getOrDefault(row.text("name"), List.of())))
                        .toList();
            }
        });
    }

    private void bindRange(PreparedStatement statement, int at, Instant from, Instant to) throws SQLException {
        statement.setInt(at, ns);
        statement.setObject(at + 1, bound(from));
        statement.setObject(at + 2, bound(to));
    }

    List<CountedRow> counted(Instant from, Instant to) {
        return database.transaction(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement(Chain.table(RowKind.COUNTED).select()
                            + "where ns = ? and ((due_hour < ? and last_hour > ?) or (due_hour is null and noticed >= ?))"
                            // Between a copy and its restore: it is of a past that has ended.
                            + " and not exists (select 1 from belfry_restore r where r.ns = belfry_counted.ns"
                            + " and belfry_counted.segment < r.segment and belfry_counted.due_hour >= r.copied)"
                            + " order by segment, pos")) {
                statement.setInt(1, ns);
                statement.setObject(2, bound(to));
                // The hour in which the last of them was due begins at last_hour.
                statement.setObject(3, bound(from.isAfter(FIRST) ? from.minusSeconds(3_600) : FIRST));
                statement.setObject(4, bound(from));
                return JdbcHistoryStore.rows(statement, RowKind.COUNTED).stream()
                        .map(CountedRow::of)
                        .toList();
            }
        });
    }

    // --- how much there is

    Optional<Instant> retainedSince() {
        return instant("select max(written_before) from belfry_retention where ns = ?");
    }

    HistorySummary summary(AuditReport.Anchor head) {
        return new HistorySummary(
                number("select count(*) from belfry_fire where ns = ?"),
                number("select count(*) from belfry_table_version where ns = ?"),
                number("select count(*) from belfry_job_version where ns = ?"),
                number("select coalesce(sum(fires), 0) from belfry_counted where ns = ?"),
                instant("select min(due) from belfry_fire where ns = ?"),
                instant("select max(due) from belfry_fire where ns = ?"),
                instant("select max(written_at) from belfry_segment where ns = ?"),
                head);
    }

    /** The last token that can follow from what is known: a line's own, or the last of a generation or a term. */
    long greatestToken() {
        long token = number("select coalesce(max(token), 0) from belfry_fire where ns = ?");
        long generation = number("select coalesce(max(generation), 0) from belfry_table_version where ns = ?");
        long term = number("select coalesce(max(term), 0) from belfry_table_version where ns = ?");
        long ofGeneration = generation == 0 ? 0 : (generation << ATTEMPT_BITS) | ((1L << ATTEMPT_BITS) - 1);
        long ofTerm = term == 0 ? 0 : term << (2 * ATTEMPT_BITS);
        return Math.max(token, Math.max(ofGeneration, ofTerm));
    }

    private long number(String sql) {
        return one(sql, found -> found.getLong(1));
    }

    private Optional<Instant> instant(String sql) {
        Instant at = one(sql, found -> RowTable.instant(found, 1));
        return at.equals(Instant.EPOCH) ? Optional.empty() : Optional.of(at);
    }

    /** The first column of the only row. */
    private interface Column<T> {
        T of(ResultSet row) throws SQLException;
    }

    private <T> T one(String sql, Column<T> column) {
        return database.transaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setInt(1, ns);
                try (ResultSet found = statement.executeQuery()) {
                    found.next();
                    return column.of(found);
                }
            }
        });
    }
}
