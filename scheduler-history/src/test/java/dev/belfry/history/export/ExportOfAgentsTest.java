package dev.belfry.history.export;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Journal;
import dev.belfry.core.job.Job;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.history.FireQuery;
import dev.belfry.history.FireRow;
import dev.belfry.history.HistoryStore;
import dev.belfry.history.export.ExportStatus.State;
import dev.belfry.history.export.FlakyStore.Fault;
import dev.belfry.history.jdbc.Databases;
import dev.belfry.history.jdbc.JdbcHistoryStore;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Real agents that fire, real ZooKeeper, and exporters that are not let alone. */
@Timeout(180)
final class ExportOfAgentsTest {
    private static final String NAMESPACE = "town";
    private static final Author ANNA = new Author(Author.Origin.OPERATOR, "anna", "");

    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;
    private BelfryClient client;
    private Databases.Place place;
    private final List<AutoCloseable> open = new ArrayList<>();
    /** What handlers ran: {@code <run> <shard> <token>}. */
    private final Set<String> ran = new ConcurrentSkipListSet<>();

    private final AtomicReference<Fault> fault = new AtomicReference<>(Fault.NONE);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void start() {
        server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"));
        client = BelfryClient.over(connection(), Duration.ofSeconds(10));
        place = Databases.h2(directory);
        Logger logger = (Logger) LoggerFactory.getLogger("dev.belfry.history");
        logger.setLevel(ch.qos.logback.classic.Level.INFO);
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stop() throws Exception {
        ((Logger) LoggerFactory.getLogger("dev.belfry.history")).detachAppender(log);
        for (AutoCloseable one : open) {
            one.close();
        }
        client.close();
        server.close();
        await("no thread is left")
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("belfry-")));
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
    }

    private StoreConnection connection() {
        return ZkConnection.open(
                ZkSettings.builder(server.connectString(), NAMESPACE).build());
    }

    private Agent agent(String id) {
        Agent agent = Agent.builder()
                .zookeeper(server.connectString())
                .namespace(NAMESPACE)
                .id(id)
                .sessionTimeout(Duration.ofSeconds(4))
                .drainTimeout(Duration.ofSeconds(5))
                .shutdownHook(false)
                .waitForZooKeeper(Duration.ofSeconds(30))
                .handler(
                        "work",
                        context -> ran.add(context.runId() + " " + context.shard() + " " + context.fencingToken()))
                .start();
        open.add(agent::close);
        return agent;
    }

    private void apply(String job) {
        client.apply(
                Job.named(job)
                        .handler("work")
                        .every(Duration.ofMillis(100))
                        .shards(4)
                        .build(),
                ANNA);
    }

    private HistoryStore history() {
        return JdbcHistoryStore.open(place.open(), NAMESPACE);
    }

    private JournalExporter exporter(String name, ExportSettings settings) {
        StoreConnection connection = connection();
        JournalExporter exporter =
                JournalExporter.start(connection, () -> new FlakyStore(history(), fault::get), settings);
        open.add(0, () -> {
            exporter.close();
            connection.close();
        });
        return exporter;
    }

    private static ExportSettings quick(String name) {
        return ExportSettings.named(name).period(Duration.ofMillis(50)).batch(40);
    }

    private void ran(int more) {
        int before = ran.size();
        await("attempts run").until(() -> ran.size() >= before + more);
    }

    private static List<FireRow> listed(HistoryStore history) {
        List<FireRow> found = new ArrayList<>();
        history.fires(FireQuery.between(Instant.MIN, Instant.MAX), found::add);
        return found;
    }

    private static String name(FireEntry line) {
        return line.fire().runId(line.jobUid()) + " " + line.shard() + " " + line.token();
    }

    @Test
    void everyOutcomeIsInTheHistoryOnceWhateverBecomesOfExportersAndDatabase() throws Exception {
        long seed = 20_261_102;
        Random random = new Random(seed);
        Agent first = agent("a");
        agent("b");
        apply("one");
        for (int i = 0; i < 8; i++) {
            StoreConnection connection = connection();
            JournalExporter exporter = JournalExporter.start(
                    connection,
                    () -> new FlakyStore(history(), fault::get),
                    quick("exporter-" + i).keep(Duration.ZERO));
            ran(20 + random.nextInt(40));
            fault.set(Fault.values()[random.nextInt(3)]);
            ran(random.nextInt(30));
            if (i == 3) {
                // Its journal is exported, and deleted, by those that follow.
                first.close();
                agent("c");
            }
            if (i % 2 == 0) {
                // As if it were killed: its session goes first.
                connection.close();
            }
            exporter.close();
            connection.close();
            fault.set(Fault.NONE);
        }
        for (AutoCloseable agent : open) {
            agent.close();
        }
        open.clear();
        Set<String> inJournal = new TreeSet<>();
        Journal journal = client.journal();
        JournalExporter last = exporter("last", quick("last").keep(Duration.ZERO));
        await("caught up").until(() -> last.status().caughtUp().isAfter(Instant.EPOCH));
        last.close();

        try (HistoryStore history = history()) {
            List<String> succeeded = listed(history).stream()
                    .map(FireRow::event)
                    .filter(line -> line.kind() == FireEntry.Kind.FINAL && line.outcome() == Outcome.SUCCEEDED)
                    .map(ExportOfAgentsTest::name)
                    .toList();
            assertThat(succeeded).as("seed " + seed).doesNotHaveDuplicates();
            assertThat(new TreeSet<>(succeeded)).as("seed " + seed).isEqualTo(new TreeSet<>(ran));
            journal.fires().forEach(line -> inJournal.add(line.entry().toString()));
            assertThat(listed(history).stream().map(row -> row.event().toString()))
                    .as("what the journal still lists")
                    .containsAll(inJournal);
            assertThat(history.counted(Instant.MIN, Instant.MAX)).isEmpty();
            assertThat(history.audit(List.of()).findings()).isEmpty();
            assertThat(listed(history)).allMatch(row -> row.jobName().equals("one"));
            assertThat(history.table(Instant.MIN, Instant.MAX)).isNotEmpty();
        }
    }

    @Test
    void databaseThatIsAwayIsSaidOnceAndCaughtUpWith() {
        agent("a");
        apply("one");
        JournalExporter exporter = exporter("only", quick("only"));
        await("exports").until(() -> exporter.status().rows() > 20);
        fault.set(Fault.BEFORE);
        await("notices").until(() -> exporter.status().state() == State.TROUBLED);
        assertThat(exporter.status().trouble()).contains("pulled the plug");
        long before = exporter.status().rows();
        ran(60);
        fault.set(Fault.NONE);
        await("catches up")
                .until(() -> exporter.status().state() == State.EXPORTING
                        && exporter.status().rows() > before + 50);
        assertThat(lines("WARN")).singleElement().asString().contains("waits", "outcomes stay in the journal");
        assertThat(lines("INFO")).anyMatch(line -> line.contains("goes on after"));
        assertThat(exporter.status().counted()).isZero();
    }

    private List<String> lines(String level) {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel().toString().equals(level))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void secondExporterStandsByAndTakesOver() {
        agent("a");
        apply("one");
        JournalExporter first = exporter("first", quick("first"));
        await("exports").until(() -> first.status().rows() > 0);
        JournalExporter second = exporter("second", quick("second"));
        await("stands by").until(() -> second.status().state() == State.STANDBY);
        assertThat(lines("INFO")).anyMatch(line -> line.contains("stands by") && line.contains("working=first"));
        first.close();
        // It could not even open the file before.
        await("takes over").until(() -> second.status().rows() > 0);
        assertThat(first.status().state()).isEqualTo(State.CLOSED);
    }

    @Test
    void definitionsOutliveTheJob() {
        agent("a");
        apply("one");
        client.apply(
                Job.named("one")
                        .handler("work")
                        .every(Duration.ofMillis(200))
                        .shards(2)
                        .build(),
                ANNA);
        JournalExporter exporter = exporter("only", quick("only"));
        await("exports").until(() -> exporter.status().rows() > 10);
        client.apply(
                Job.named("late").handler("work").every(Duration.ofMillis(200)).build(), ANNA);
        client.delete("one", new BelfryClient.Asker("anna", "done"));
        ran(10);
        await("everything is exported")
                .until(() -> exporter.status().caughtUp().isAfter(Instant.now().minusMillis(300)));
        exporter.close();
        try (HistoryStore history = history()) {
            JobRecord known = client.job("one").orElseThrow().record();
            JobRecord kept = history.job(known.uid()).orElseThrow();
            assertThat(kept.versions()).isEqualTo(known.versions()).hasSize(2);
            assertThat(kept.deletedAt()).isEqualTo(known.deletedAt()).isPresent();
            assertThat(history.jobs()).extracting(JobRecord::name).contains("one", "late");
            assertThat(listed(history))
                    .extracting(FireRow::jobName)
                    .contains("one", "late")
                    .doesNotContain("");
        }
    }

    @Test
    void exporterMayBeThereBeforeAnybodyElse() {
        JournalExporter exporter = exporter("early", quick("early"));
        agent("a");
        apply("one");
        await("exports").until(() -> exporter.status().rows() > 10);
    }
}
