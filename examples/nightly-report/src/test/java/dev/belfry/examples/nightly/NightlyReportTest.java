package dev.belfry.examples.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.JobHandler;
import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.agent.fence.StaleWriterException;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The report comes out right although an agent is lost in the middle of it, and nothing that comes late or again changes it. */
@Timeout(180)
class NightlyReportTest {
    private static final String DAY = "2026-06-01";

    @TempDir
    Path folder;

    private DataSource database;
    private Path pages;

    /** The attempt that is suspended with what it has read in its hands, and what becomes of it when it wakes. */
    private final AtomicReference<String> suspendedOn = new AtomicReference<>("");

    private final CountDownLatch suspended = new CountDownLatch(1);
    private final CountDownLatch wake = new CountDownLatch(1);
    private final CompletableFuture<Exception> refusal = new CompletableFuture<>();

    @BeforeEach
    void shopsHaveSold() throws IOException {
        database = NightlyReport.file(folder.resolve("warehouse"));
        pages = folder.resolve("pages");
        Path shops = Files.createDirectories(folder.resolve("shops"));
        for (String shop : List.of("Aachen", "Bremen", "Celle", "Dessau", "Erfurt")) {
            Files.writeString(
                    shops.resolve(shop + ".csv"),
                    DAY + ",lamp,2,3998\n2026-05-31,lamp,1,1999\n" + DAY + ",chair,1,12050\n");
        }
    }

    private Agent start(EmbeddedZooKeeper zookeeper, String id) throws SQLException {
        NightlyReport report = new NightlyReport(database, folder.resolve("shops"), pages);
        AgentBuilder builder = Agent.builder()
                .zookeeper(zookeeper.connectString())
                .namespace("test")
                .id(id)
                .tellsLoad(false)
                .waitForZooKeeper(Duration.ofSeconds(60));
        report.handlers().forEach((job, handler) -> builder.handler(job, frozen(id, job, handler)));
        return builder.start();
    }

    /** The first attempt at the first shard of the first job is suspended before it writes, deaf to signal and interrupt. */
    private JobHandler frozen(String id, String job, JobHandler handler) {
        return context -> {
            if (!job.equals("extract") || context.shard() != 0 || !suspendedOn.compareAndSet("", id)) {
                handler.run(context);
                return;
            }
            suspended.countDown();
            boolean awake = false;
            while (!awake) {
                try {
                    awake = wake.await(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    context.logger().info("an interrupt, and nobody hears it");
                }
            }
            try {
                handler.run(context);
                refusal.completeExceptionally(new AssertionError("the attempt that came late has written"));
            } catch (StaleWriterException e) {
                refusal.complete(e);
                throw e;
            }
        };
    }

    @Test
    void whatComesLateIsRefusedAndWhatComesAgainChangesNothing() throws Exception {
        try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"));
                BelfryClient client = BelfryClient.connect(zookeeper.connectString(), "test")) {
            Map<String, Agent> agents = Map.of("a", start(zookeeper, "a"), "b", start(zookeeper, "b"));
            try {
                apply(client);
                String first = trigger(client);
                assertThat(suspended.await(60, TimeUnit.SECONDS)).isTrue();
                lose(zookeeper, agents.get(suspendedOn.get()));
                assertThat(end(client, first)).isEqualTo(Outcome.SUCCEEDED);
                List<String> made = state();
                assertThat(made).contains("daily: " + DAY + " Bremen 3 16048").hasSizeGreaterThan(25);
                assertThat(Files.readString(page()))
                        .contains("<td>Celle</td><td>3</td><td>160.48</td>", "<th>All</th><th>15</th><th>802.40</th>");

                wake.countDown();
                assertThat(refusal.get(60, TimeUnit.SECONDS)).isInstanceOf(StaleWriterException.class);
                assertThat(state()).isEqualTo(made);

                FileTime written = Files.getLastModifiedTime(page());
                assertThat(end(client, trigger(client))).isEqualTo(Outcome.SUCCEEDED);
                assertThat(state()).isEqualTo(made);
                assertThat(Files.getLastModifiedTime(page())).isEqualTo(written);
            } finally {
                wake.countDown();
                agents.values().forEach(Agent::close);
            }
        }
    }

    private Path page() {
        return pages.resolve(DAY + ".html");
    }

    private static void apply(BelfryClient client) {
        client.awaitConnected();
        // Always the same day, whenever the test runs.
        String text = NightlyReport.definitions().replace("${due-1d.date}", DAY);
        client.apply(
                Definitions.parse("jobs.yaml", text).jobsOrThrow(), new Author(Author.Origin.OPERATOR, "anna", ""));
    }

    private static String trigger(BelfryClient client) {
        Command answered =
                client.trigger("extract", Optional.empty(), Map.of(), new BelfryClient.Asker("anna", "a test"));
        return answered.result().orElseThrow().runId();
    }

    private static Outcome end(BelfryClient client, String workflowRun) {
        Instant deadline = Instant.now().plusSeconds(90);
        Optional<Outcome> outcome = Optional.empty();
        while (outcome.isEmpty()) {
            assertThat(Instant.now()).as(workflowRun).isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            outcome = client.workflowRun(workflowRun).map(WorkflowRunState::run).flatMap(run -> run.outcome());
        }
        return outcome.get();
    }

    private static void lose(EmbeddedZooKeeper zookeeper, Agent agent) {
        String self = agent.status().incarnation().orElseThrow();
        zookeeper.expireSession(Long.parseUnsignedLong(self.substring(self.indexOf('~') + 1), 16));
    }

    /** Everything that the jobs have written, but for the tokens. */
    private List<String> state() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("extracted", "extraction", "sale", "daily")) {
                try (ResultSet row = statement.executeQuery("select * from " + table)) {
                    int columns = row.getMetaData().getColumnCount();
                    while (row.next()) {
                        StringBuilder text = new StringBuilder(table + ":");
                        for (int i = 1; i <= columns; i++) {
                            text.append(' ').append(row.getString(i));
                        }
                        rows.add(text.toString());
                    }
                }
            }
        }
        return rows.stream().sorted().toList();
    }
}
