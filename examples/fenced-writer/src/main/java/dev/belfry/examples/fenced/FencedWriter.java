package dev.belfry.examples.fenced;

import dev.belfry.agent.JobContext;
import dev.belfry.agent.JobHandler;
import dev.belfry.agent.fence.FencedJdbc;
import dev.belfry.agent.fence.StaleWriterException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/**
 * A job that keeps a balance per shard in a database, safe against an owner that was replaced and wakes up again. Give it to
 * an agent with {@code .handler("settle", new FencedWriter(source))}.
 */
public final class FencedWriter implements JobHandler {
    private final DataSource source;
    private final FencedJdbc fenced = new FencedJdbc();

    /** Makes the tables, if they are not there. */
    public FencedWriter(DataSource source) throws SQLException {
        this.source = source;
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            fenced.createTable(connection);
            statement.execute("create table if not exists balance (shard int primary key, amount bigint not null)");
        }
    }

    @Override
    public void run(JobContext context) throws SQLException {
        settle(context.shard(), context.fencingToken(), 100L * context.shard());
    }

    /** @throws StaleWriterException if an attempt with a greater token has written */
    void settle(int shard, long token, long amount) throws SQLException {
        fenced.write(source, "settle/" + shard, token, connection -> {
            try (PreparedStatement merge =
                    connection.prepareStatement("merge into balance key (shard) values (?, ?)")) {
                merge.setInt(1, shard);
                merge.setLong(2, amount);
                return merge.executeUpdate();
            }
        });
    }

    /** The balance of a shard. */
    long balance(int shard) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select amount from balance where shard = " + shard)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** What happens when an owner freezes with its result in hand, is replaced, and wakes. */
    public static void main(String[] arguments) throws SQLException {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:fenced;DB_CLOSE_DELAY=-1");
        FencedWriter writer = new FencedWriter(database);
        long frozen = (7L << 20) + 1; // the first attempt of the owner since generation 7
        long successor = (8L << 20) + 1;
        writer.settle(0, successor, 250);
        System.out.println("the successor has written 250");
        try {
            writer.settle(0, frozen, 100);
        } catch (StaleWriterException e) {
            System.out.println(e.getMessage());
        }
        System.out.println("the balance is " + writer.balance(0));
    }
}
