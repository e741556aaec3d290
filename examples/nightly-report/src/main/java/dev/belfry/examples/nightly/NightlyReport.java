package dev.belfry.examples.nightly;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.JobContext;
import dev.belfry.agent.JobHandler;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.version.Author;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/**
 * Four jobs that make a page of what the shops sold yesterday: {@code extract} by shard, {@code load}, {@code aggregate}, {@code
 * publish}. Each attempt that fails, is repeated, or wakes up after its successor leaves the same behind as one that runs through.
 */
public final class NightlyReport {
    private static final String DEFINITIONS = "jobs.yaml";

    private final Shops shops;
    private final Warehouse warehouse;
    private final Path pages;

    /**
     * Makes the tables, if they are not there.
     *
     * @param shops folder of the files {@code SHOP.csv}
     * @param pages folder of the pages; need not exist
     */
    public NightlyReport(DataSource database, Path shops, Path pages) throws SQLException {
        this.shops = new Shops(shops);
        this.warehouse = new Warehouse(database);
        this.pages = pages;
    }

    /** A database in a file, which several processes may open. */
    public static DataSource file(Path database) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + database.toAbsolutePath() + ";AUTO_SERVER=TRUE;LOCK_TIMEOUT=10000");
        return source;
    }

    /** The handlers, by the names of their jobs. */
    public Map<String, JobHandler> handlers() {
        Map<String, JobHandler> handlers = new LinkedHashMap<>();
        handlers.put("extract", this::extract);
        handlers.put("load", this::load);
        handlers.put("aggregate", this::aggregate);
        handlers.put("publish", this::publish);
        return handlers;
    }

    private static Warehouse.Writer writer(JobContext context) {
        return new Warehouse.Writer(context.parameters().getOrDefault("day", ""), context.fencingToken());
    }

    private void extract(JobContext context) throws IOException, SQLException {
        Warehouse.Writer writer = writer(context);
        int rows = warehouse.extract(
                writer,
                context.shard(),
                context.shardCount(),
                shops.on(writer.day(), context.shard(), context.shardCount()));
        context.logger().info("extracted day={} rows={}", writer.day(), rows);
    }

    private void load(JobContext context) throws SQLException {
        context.output("{\"sales\":" + warehouse.load(writer(context)) + "}");
    }

    private void aggregate(JobContext context) throws SQLException {
        context.output("{\"shops\":" + warehouse.aggregate(writer(context)) + "}");
    }

    private void publish(JobContext context) throws SQLException {
        Warehouse.Writer writer = writer(context);
        warehouse.publish(writer, totals -> {
            try {
                boolean changed = new ReportPage(writer.day(), totals).writeTo(pages);
                context.logger().info("published day={} shops={} changed={}", writer.day(), totals.size(), changed);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The definitions of the four jobs. */
    public static String definitions() {
        try (InputStream stream = NightlyReport.class.getResourceAsStream(DEFINITIONS)) {
            if (stream == null) {
                throw new IllegalStateException(DEFINITIONS + " is missing from the jar of the example");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Arguments: ensemble, namespace, file of the database, folder of the shops' files, folder of the pages. */
    public static void main(String[] arguments) throws SQLException, InterruptedException {
        if (arguments.length != 5) {
            System.err.println("usage: NightlyReport ZOOKEEPER NAMESPACE DATABASE SHOPS PAGES");
            System.exit(2);
        }
        NightlyReport report =
                new NightlyReport(file(Path.of(arguments[2])), Path.of(arguments[3]), Path.of(arguments[4]));
        try (BelfryClient client = BelfryClient.connect(arguments[0], arguments[1])) {
            client.awaitConnected();
            client.apply(
                    Definitions.parse(DEFINITIONS, definitions()).jobsOrThrow(),
                    new Author(Author.Origin.OPERATOR, "nightly-report", ""));
        }
        AgentBuilder builder = Agent.builder().zookeeper(arguments[0]).namespace(arguments[1]);
        report.handlers().forEach(builder::handler);
        try (Agent agent = builder.start()) {
            agent.awaitTermination();
        }
    }
}
