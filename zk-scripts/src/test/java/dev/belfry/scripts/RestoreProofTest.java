package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient;
import dev.belfry.console.history.HistoryAddress;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Misfire;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.history.export.ExportSettings;
import dev.belfry.history.export.JournalExporter;
import dev.belfry.scripts.Script.Result;
import dev.belfry.store.StoreConnection;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code verify} says of a namespace that was restored while its agents fired: with its history, and without. */
@Timeout(400)
class RestoreProofTest {
    private static final int SHARDS = 8;
    private static final Duration WAIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;
    private Agent agent;
    private final Tokens tokens = new Tokens();
    private StoreConnection connection;
    private JournalExporter exporter;

    @BeforeEach
    void begin() {
        server = EmbeddedZooKeeper.start(directory.resolve("first"));
        apply(job("tick", Duration.ofMillis(200)), job("other", Duration.ofSeconds(1)));
        agent = Agent.builder()
                .zookeeper(server.connectString())
                .namespace("demo")
                .id("a1")
                .sessionTimeout(Duration.ofSeconds(4))
                .drainTimeout(Duration.ofSeconds(3))
                .shutdownHook(false)
                .waitForZooKeeper(WAIT)
                .handler("work", context -> {
                    tokens.began(context.job() + "/" + context.shard(), context.fencingToken());
                    // Long enough for copies to be taken in the middle of attempts.
                    boolean never = new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
                    assert !never;
                })
                .start();
    }

    @AfterEach
    void end() {
        stopExporting();
        agent.close();
        server.close();
    }

    /** What fell due while nobody was there runs late. */
    private static JobDefinition job(String name, Duration period) {
        return Job.named(name)
                .handler("work")
                .every(period)
                .shards(SHARDS)
                .misfire(new Misfire(MisfirePolicy.FIRE_ALL, Duration.ofSeconds(1), Duration.ofMinutes(10), 1_000))
                .build();
    }

    private ZkSettings settings() {
        return ZkSettings.builder(server.connectString(), "demo").build();
    }

    private void apply(JobDefinition... jobs) {
        try (BelfryClient client = BelfryClient.over(ZkConnection.open(settings()), Duration.ofSeconds(20))) {
            client.apply(List.of(jobs), new Author(Author.Origin.OPERATOR, "anna", ""));
        }
    }

    private String url() {
        return "jdbc:h2:file:" + directory.resolve("history");
    }

    private void startExporting() {
        connection = ZkConnection.open(settings());
        exporter = JournalExporter.start(
                connection,
                () -> new HistoryAddress(url(), "belfry", "").open("demo"),
                ExportSettings.named("test").period(Duration.ofMillis(100)).keep(Duration.ofSeconds(3)));
    }

    /** The file is to be read by others: one process at a time can. */
    private void stopExporting() {
        if (exporter != null) {
            exporter.close();
            connection.close();
            exporter = null;
        }
    }

    private void exportAll() throws InterruptedException {
        assertThat(exporter.awaitCaughtUp(WAIT)).as("%s", exporter.status()).isTrue();
        stopExporting();
    }

    /** Until every shard of the fast job has begun this many attempts more. */
    private void goesOn(int attempts) {
        Map<String, Integer> before = tokens.counts();
        Awaitility.await().atMost(WAIT).untilAsserted(() -> {
            for (int shard = 0; shard < SHARDS; shard++) {
                String name = "tick/" + shard;
                assertThat(tokens.counts().getOrDefault(name, 0))
                        .as(name)
                        .isGreaterThan(before.getOrDefault(name, 0) + attempts);
            }
        });
    }

    private void destroy(String next) {
        int port = server.port();
        server.close();
        server = EmbeddedZooKeeper.start(directory.resolve(next), Duration.ofMillis(200), port);
    }

    private Result script(String name, String... arguments) {
        return Script.named(name)
                .with("BELFRY_ZOOKEEPER", server.connectString())
                .run(arguments);
    }

    private String backup() {
        String file = directory.resolve("copy").toString();
        Result result = script("backup", file);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        return file;
    }

    private void restore(String file, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--replace", "--apply", file));
        arguments.addAll(List.of(more));
        Result result = script("restore", arguments.toArray(String[]::new));
        assertThat(result.code()).as(result.out() + result.err()).isZero();
    }

    private Result verify(String... more) {
        List<String> arguments = new ArrayList<>(List.of("verify", "-n", "demo"));
        arguments.addAll(List.of(more));
        return script("../belfry", arguments.toArray(String[]::new));
    }

    private String proved(String... more) {
        Result result = verify(more);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).contains("Every due fire has exactly one outcome");
        return result.out();
    }

    @Test
    void withoutAHistoryEveryFireHasOneOutcomeAfterARestore() {
        goesOn(5);
        String file = backup();
        goesOn(5);
        destroy("second");
        restore(file);
        goesOn(10);
        proved("--no-history");
        // Again, of the same copy, and where nothing was lost.
        restore(file);
        goesOn(5);
        proved("--no-history");
        assertThat(script("dump", Paths.RESTORES).out()).contains("\"copied\"", "\"journals\"");
        assertThat(script("check-tree").out()).contains("is in order");
    }

    @Test
    void withItsHistoryEachSideOfARestoreIsProvedByItself() throws Exception {
        startExporting();
        goesOn(20);
        String file = backup();
        // What the copy does not have: outcomes, a version of a job, and a job.
        apply(job("other", Duration.ofSeconds(2)), job("lost", Duration.ofSeconds(1)));
        goesOn(20);
        destroy("second");
        restore(file);
        goesOn(20);
        exportAll();
        String first = proved("--history-url", url());
        assertThat(first).containsPattern("altered records +0").contains("restored: at ");
        assertThat(first).containsPattern("before and after a restore +[1-9]");

        // The number of that version comes again, and the same copy is put back again, where nothing was lost.
        startExporting();
        apply(job("other", Duration.ofSeconds(3)));
        goesOn(5);
        exportAll();
        proved("--history-url", url());
        startExporting();
        restore(file, "--above-token", Long.toString(tokens.greatest()));
        goesOn(20);
        exportAll();
        String second = proved("--history-url", url());
        assertThat(second.split("restored: at ", -1)).hasSize(3);

        agent.close();
        tamper();
    }

    @Test
    void aHistoryThatBeginsAfterARestoreAndOneThatDoesNotKnowOfItYet() throws Exception {
        startExporting();
        goesOn(5);
        String file = backup();
        exportAll();
        restore(file, "--history-url", url());
        goesOn(5);
        Result early = verify("--history-url", url());
        assertThat(early.code()).isEqualTo(1);
        assertThat(early.err()).contains("does not know yet that the namespace was restored");
        proved("--no-history");
        Result once = script("../belfry", "export-history", "-n", "demo", "--once", "--history-url", url());
        assertThat(once.code()).as(once.out() + once.err()).isZero();
        proved("--history-url", url());
        Files.delete(directory.resolve("history.mv.db"));
        startExporting();
        goesOn(5);
        exportAll();
        assertThat(proved("--history-url", url())).contains("restored: at ");
    }

    // --- somebody alters the record afterwards

    private void tamper() throws Exception {
        String ended = "exists (select 1 from belfry_restore_cut c where c.ns = f.ns and c.writer = f.writer"
                + " and (f.entry > c.entry or (f.entry = c.entry and f.line >= c.line)))";
        String one =
                "kind = 'final' and fires = 1 and scheduled and entry = (select %s(entry) from belfry_fire f where f.kind ="
                        + " 'final' and f.fires = 1 and f.job_name = 'tick' and %s)";
        String before = one.formatted("max", ended);
        String after = one.formatted("max", "not " + ended);
        proved("--history-url", url());
        for (String where : List.of(before, after)) {
            found("a row was removed", "delete from belfry_fire where " + where);
            found("an outcome was changed", "update belfry_fire set outcome = 'skipped' where " + where);
            found("a row was doubled", doubled(where));
        }
        Result unknown = altered("-v", "delete from belfry_restore");
        assertThat(unknown.code()).as("the restore was removed").isEqualTo(1);
        found("what it took back was changed", "update belfry_restore_cut set entry = 0, line = 0");
        assertThat(altered("--no-audit", doubled(before)).out())
                .as("found by the proof of what was before")
                .contains("before the restore of");
        removeAnEntry();
        Result result = verify("--history-url", url());
        assertThat(result.code()).as("an entry of the journal was removed").isEqualTo(1);
    }

    /** One in the middle of a journal. */
    private void removeAnEntry() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper zk = new ZooKeeper(server.connectString(), 10_000, event -> connected.countDown());
        try {
            connected.await();
            for (String writer : zk.getChildren("/belfry/demo" + Paths.JOURNAL, false)) {
                String path = "/belfry/demo" + Paths.journal(writer);
                List<String> entries =
                        zk.getChildren(path, false).stream().sorted().toList();
                if (!writer.equals("master") && entries.size() > 2) {
                    zk.delete(path + "/" + entries.get(1), -1);
                    return;
                }
            }
        } finally {
            zk.close();
        }
        throw new AssertionError("no journal has three entries");
    }

    private static String doubled(String where) {
        return "insert into belfry_fire select ns, segment, pos + 100000, writer, entry + 100000, line, kind, job_uid, job_name,"
                + " layout, shard, due, last_due, fires, scheduled, run_id, attempt, token, agent, started, ended, outcome,"
                + " reason from belfry_fire where " + where;
    }

    private void found(String what, String sql) throws Exception {
        Result result = altered("-v", sql);
        assertThat(result.code()).as(what + "\n" + result.out() + result.err()).isEqualTo(1);
        assertThat(result.out()).as(what).contains("altered: history:");
    }

    /** What verify says of the history after a statement, of which nothing stays. */
    private Result altered(String option, String sql) throws Exception {
        Path file = directory.resolve("history.mv.db");
        Path kept = directory.resolve("kept.mv.db");
        Files.copy(file, kept, StandardCopyOption.REPLACE_EXISTING);
        try (Connection database = DriverManager.getConnection(url(), "belfry", "");
                Statement statement = database.createStatement()) {
            assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
        }
        try {
            return verify("--history-url", url(), option);
        } finally {
            Files.copy(kept, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
