package dev.belfry.examples.nightly;

import dev.belfry.agent.fence.FencedJdbc;
import dev.belfry.agent.fence.StaleWriterException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The database of the report. Every step puts what it makes of a day in the place of what was there of that day, in one transaction
 * behind the fence: doing it again changes nothing, and whoever comes late is refused.
 */
final class Warehouse {
    private static final List<String> TABLES = List.of(
            "create table if not exists extracted (sold_on varchar(10), shard int, shop varchar(100), item varchar(100),"
                    + " quantity int, cents bigint)",
            "create table if not exists extraction (sold_on varchar(10), shard int, shards int, primary key (sold_on, shard))",
            "create table if not exists sale (sold_on varchar(10), shop varchar(100), item varchar(100), quantity int,"
                    + " cents bigint)",
            "create table if not exists daily (sold_on varchar(10), shop varchar(100), quantity bigint, cents bigint,"
                    + " primary key (sold_on, shop))");

    private final DataSource source;
    private final FencedJdbc fenced = new FencedJdbc();

    /** Makes the tables, if they are not there. */
    Warehouse(DataSource source) throws SQLException {
        this.source = source;
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            fenced.createTable(connection);
            for (String table : TABLES) {
                statement.execute(table);
            }
        }
    }

    /** One day of one shop. */
    record Total(String shop, long quantity, long cents) {}

    /** What a writer is: which day it writes, and its token. */
    record Writer(String day, long token) {
        private String resource(String step) {
            return step + "/" + day;
        }
    }

    /**
     * Puts the sales that one shard has read in the place of those of earlier attempts.
     *
     * @param sales by shop
     * @throws StaleWriterException if an attempt with a greater token has written this shard of this day
     */
    int extract(Writer writer, int shard, int shards, Map<String, List<Sale>> sales) throws SQLException {
        return fenced.write(source, writer.resource("extract") + "/" + shard, writer.token(), connection -> {
            update(connection, "delete from extracted where sold_on = ? and shard = ?", writer.day(), shard);
            update(connection, "delete from extraction where sold_on = ? and shard = ?", writer.day(), shard);
            int rows = 0;
            for (Map.Entry<String, List<Sale>> shop : sales.entrySet()) {
                for (Sale sale : shop.getValue()) {
                    rows += update(
                            connection,
                            "insert into extracted values (?, ?, ?, ?, ?, ?)",
                            writer.day(),
                            shard,
                            shop.getKey(),
                            sale.item(),
                            sale.quantity(),
                            sale.cents());
                }
            }
            update(connection, "insert into extraction values (?, ?, ?)", writer.day(), shard, shards);
            return rows;
        });
    }

    /**
     * Puts what the shards have read in the place of the day's sales.
     *
     * @return how many there are
     * @throws IllegalStateException if not every shard has read its share
     */
    int load(Writer writer) throws SQLException {
        return fenced.write(source, writer.resource("load"), writer.token(), connection -> {
            List<long[]> parts = rows(
                    connection,
                    "select count(*), coalesce(max(shards), 1) from extraction where sold_on = ? and shard < shards",
                    writer.day(),
                    row -> new long[] {row.getLong(1), row.getLong(2)});
            if (parts.get(0)[0] != parts.get(0)[1]) {
                throw new IllegalStateException("of " + writer.day() + " only " + parts.get(0)[0] + " of "
                        + parts.get(0)[1] + " shards are extracted");
            }
            update(connection, "delete from sale where sold_on = ?", writer.day());
            return update(
                    connection,
                    "insert into sale select e.sold_on, e.shop, e.item, e.quantity, e.cents from extracted e join extraction x"
                            + " on x.sold_on = e.sold_on and x.shard = e.shard and x.shard < x.shards where e.sold_on = ?",
                    writer.day());
        });
    }

    /** Puts the sums of the day's sales in the place of those that were there. Returns how many shops sold anything. */
    int aggregate(Writer writer) throws SQLException {
        return fenced.write(source, writer.resource("aggregate"), writer.token(), connection -> {
            update(connection, "delete from daily where sold_on = ?", writer.day());
            return update(
                    connection,
                    "insert into daily select sold_on, shop, sum(quantity), sum(cents) from sale where sold_on = ? group by sold_on, shop",
                    writer.day());
        });
    }

    /** Takes the totals of a day, by shop. */
    interface Page {
        void write(List<Total> totals) throws SQLException;
    }

    /**
     * Has a page written of the day's totals. The fence is held until that is done: an attempt with a smaller token writes before, or
     * not at all.
     */
    void publish(Writer writer, Page page) throws SQLException {
        fenced.write(source, writer.resource("publish"), writer.token(), connection -> {
            page.write(totals(connection, writer.day()));
            return true;
        });
    }

    private static List<Total> totals(Connection connection, String day) throws SQLException {
        return rows(
                connection,
                "select shop, quantity, cents from daily where sold_on = ? order by shop",
                day,
                row -> new Total(row.getString(1), row.getLong(2), row.getLong(3)));
    }

    /** Makes something of a row. */
    private interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    private static <T> List<T> rows(Connection connection, String query, String day, Row<T> each) throws SQLException {
        List<T> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(query)) {
            select.setString(1, day);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    found.add(each.of(rows));
                }
            }
        }
        return found;
    }

    private static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}
