package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.journal.JournalCounts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever record is deleted, doubled or altered, in the history or in ZooKeeper, {@code verify} exits with 1; and before and
 * after with 0, on H2 and PostgreSQL alike.
 */
@Timeout(300)
class AlteredRecordTest {
    private static final String NAMESPACE = "kept";
    private static final String ROOT = "/belfry/" + NAMESPACE;

    @TempDir
    Path directory;

    private Console console = new Console();
    private ZooKeeper zk;
    private String url = "";
    private String user = "belfry";
    /** How the name of the journal begins that is spoilt. */
    private String journal = "";

    private String verify = "verify";

    @Test
    void verifyFindsWhatWasAlteredInH2AndZooKeeper() throws Exception {
        url = "jdbc:h2:file:" + directory.resolve("history");
        check(Map.of("BELFRY_HISTORY_URL", url));
    }

    @Test
    void verifyFindsWhatWasAlteredInPostgresAndZooKeeper() throws Exception {
        EmbeddedPostgres server;
        try {
            server = EmbeddedPostgres.start();
        } catch (IOException | RuntimeException e) {
            if ("true".equals(System.getenv("CI"))) {
                throw new IllegalStateException("PostgreSQL does not start here", e);
            }
            Assumptions.abort("SKIPPED, nothing is shown of PostgreSQL: it does not start here: " + e);
            return;
        }
        try (server) {
            url = "jdbc:postgresql://localhost:" + server.getPort() + "/postgres";
            user = "postgres";
            check(Map.of("BELFRY_HISTORY_URL", url, "BELFRY_HISTORY_USER", user));
        }
    }

    @Test
    void verifyFindsWhatWasAlteredOfQueuedFires() throws Exception {
        url = "jdbc:h2:file:" + directory.resolve("history");
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"))) {
            console = new Console(Map.of(
                    "BELFRY_HISTORY_URL", url,
                    "BELFRY_ZOOKEEPER", server.connectString(),
                    "BELFRY_NAMESPACE", NAMESPACE));
            zk = new ZooKeeper(server.connectString(), 30_000, event -> {});
            queued(server.connectString());
            holds("before anything is altered");
            String entry = entries().get(0);
            deleted(entry);
            for (int number : List.of(0, lines(entry).size() - 1)) {
                spoilt(
                        entry,
                        "a line altered",
                        data -> lines(entry, data, lines -> lines.set(number, otherwise(lines.get(number)))));
                spoilt(entry, "a line doubled", data -> lines(entry, data, lines -> lines.add(lines.get(number))));
                spoilt(entry, "a line deleted", data -> lines(entry, data, lines -> lines.remove(number)));
            }
            withoutHistory(entry);
            spoil(
                    "belfry_fire",
                    "kind = 'final' and line = 0 and entry = (select max(entry) from belfry_fire where kind = 'final' and line = 0)",
                    "entry = entry + 1000",
                    "agent = 'b'");
            holds("at the end");
            zk.close();
        }
    }

    /** Without a history to compare with, the definitions alone say what is missing, doubled or was not due. */
    private void withoutHistory(String entry) throws Exception {
        verify = "verify --no-history";
        spoilt(entry, "a line doubled", data -> lines(entry, data, lines -> lines.add(lines.get(0))));
        assertThat(console.out()).contains("duplicate", "tock");
        spoilt(entry, "a line deleted", data -> lines(entry, data, lines -> lines.remove(0)));
        assertThat(console.out()).contains("gap", "tock", "decided and in the queue no more");
        spoilt(entry, "another instant", data -> lines(entry, data, lines -> lines.set(0, elsewhen(lines.get(0)))));
        assertThat(console.out()).contains("phantom", "gap", "tock");
        verify = "verify";
    }

    /** A queued job runs for a while, and one of its runs is submitted. */
    private void queued(String connect) throws Exception {
        journal = "queue-";
        Agent agent = Ticking.start(
                connect,
                NAMESPACE,
                Job.named("tock")
                        .handler("work")
                        .placement(Placement.QUEUED)
                        .every(Duration.ofMillis(400))
                        .shards(2));
        try {
            Awaitility.await()
                    .ignoreExceptionsInstanceOf(KeeperException.class)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !entries().isEmpty());
            assertThat(console.line("submit tock --wait --timeout 2m"))
                    .as(console.err())
                    .isEqualTo(Exit.DONE);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> lines(entries().get(0)).size() > 20);
            assertThat(console.line("pause tock")).as(console.err()).isEqualTo(Exit.DONE);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                console.line("verify --no-history");
                return console.out().matches("(?s).*pending +0\\n.*");
            });
        } finally {
            agent.close();
        }
        assertThat(console.line("export-history --once")).as(console.err()).isEqualTo(Exit.DONE);
    }

    private void check(Map<String, String> history) throws Exception {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"))) {
            Map<String, String> environment = new LinkedHashMap<>(history);
            environment.put("BELFRY_ZOOKEEPER", server.connectString());
            environment.put("BELFRY_NAMESPACE", NAMESPACE);
            console = new Console(environment);
            zk = new ZooKeeper(server.connectString(), 30_000, event -> {});
            record(server.connectString());
            holds("before anything is altered");
            inHistory();
            inZooKeeper();
            zk.close();
        }
    }

    /** An agent runs for a while; its first entry becomes counts before it is exported, its second one after that. */
    private void record(String connect) throws Exception {
        Agent agent = Ticking.start(connect, NAMESPACE);
        try {
            Awaitility.await()
                    .ignoreExceptionsInstanceOf(KeeperException.class)
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> entries().size() >= 4);
            assertThat(console.line("pause tick")).as(console.err()).isEqualTo(Exit.DONE);
        } finally {
            agent.close();
        }
        withItsInstants(ROOT + Paths.job("tick"));
        fold(entries().get(0));
        assertThat(console.line("export-history --once")).as(console.err()).isEqualTo(Exit.DONE);
        fold(entries().get(0));
    }

    /** So that the record says the same however often it is written. */
    private void withItsInstants(String job) throws KeeperException, InterruptedException {
        Stat stat = new Stat();
        byte[] data = zk.getData(job, false, stat);
        JobRecord record = JobRecordCodec.decode(job, data, Instant.ofEpochMilli(stat.getMtime()));
        zk.setData(job, JobRecordCodec.encode(record), -1);
    }

    private String writer() throws KeeperException, InterruptedException {
        return zk.getChildren(ROOT + Paths.JOURNAL, false).stream()
                .filter(name -> !name.equals("master") && name.startsWith(journal))
                .findFirst()
                .map(name -> ROOT + Paths.journal(name))
                .orElse("");
    }

    private List<String> entries() throws KeeperException, InterruptedException {
        String writer = writer();
        return writer.isEmpty()
                ? List.of()
                : zk.getChildren(writer, false).stream()
                        .sorted()
                        .map(name -> writer + '/' + name)
                        .toList();
    }

    private List<FireEntry> lines(String entry) throws KeeperException, InterruptedException {
        return FireJournal.decode(entry, zk.getData(entry, false, null));
    }

    /** Makes room, as an agent does. */
    private void fold(String entry) throws KeeperException, InterruptedException {
        JournalCounts counts = JournalCounts.decode(writer(), zk.getData(writer(), false, null));
        lines(entry).forEach(counts::add);
        zk.setData(writer(), counts.encode(), -1);
        zk.delete(entry, -1);
    }

    private void holds(String when) {
        assertThat(console.line("verify"))
                .as(when + ": " + console.out() + console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).as(when).contains("Every due fire has exactly one outcome.");
    }

    private void fails(String what) {
        assertThat(console.line(verify))
                .as(what + ": " + console.out() + console.err())
                .isEqualTo(Exit.NO);
        assertThat(console.out()).as(what).containsAnyOf("altered: ", "NOT every due fire");
    }

    // --- the history

    private void inHistory() throws SQLException {
        spoil(
                "belfry_fire",
                "kind = 'final' and line = 0 and entry = (select max(entry) from belfry_fire where kind = 'final' and line = 0)",
                "entry = entry + 1000",
                "outcome = 'failed'");
        spoil("belfry_counted", "1 = 1", "segment = segment + 1", "fires = fires + 1");
        spoil("belfry_segment", "segment = 2", "segment = segment + 1000", "row_count = row_count + 1");
        spoil("belfry_job_version", "version = 1", "version = 7", "definition = replace(definition, '100ms', '200ms')");
        spoil("belfry_table_version", "generation = 0", "name = 't999'", "incarnation = 'b~2'");
        spoil("belfry_table_change", "line = 0", "line = 999", "owner = 'b~2'");
        assertThat(console.line("history audit")).as(console.out()).isEqualTo(Exit.DONE);
    }

    /** Deletes a row, adds it again otherwise, alters it; each time {@code verify} fails, and then all is as it was. */
    private void spoil(String table, String which, String otherwise, String altered) throws SQLException {
        sql("create table kept as select * from " + table);
        sql("create table another as select * from " + table + " where " + which);
        assertThat(changed("update another set pos = pos + 5000, " + otherwise, "update another set " + otherwise))
                .as("rows of " + table + " to spoil")
                .isPositive();
        sql("delete from " + table + " where " + which);
        fails("deleted from " + table);
        restore(table);
        sql("insert into " + table + " select * from another");
        fails("added to " + table);
        restore(table);
        assertThat(sql("update " + table + " set " + altered + " where " + which))
                .isPositive();
        fails("altered in " + table);
        assertThat(console.line("history audit")).as(table).isEqualTo(Exit.NO);
        restore(table);
        sql("drop table kept");
        sql("drop table another");
        holds("restored " + table);
    }

    private void restore(String table) throws SQLException {
        sql("delete from " + table);
        sql("insert into " + table + " select * from kept");
    }

    private int changed(String statement, String without) throws SQLException {
        try {
            return sql(statement);
        } catch (SQLException noSuchColumn) {
            return sql(without);
        }
    }

    private int sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, user, "");
                Statement run = connection.createStatement()) {
            return run.executeUpdate(statement);
        }
    }

    // --- ZooKeeper

    private interface Spoiling {
        byte[] of(byte[] data);
    }

    private void inZooKeeper() throws Exception {
        List<String> entries = entries();
        for (String entry : List.of(entries.get(0), entries.get(1), entries.get(entries.size() - 1))) {
            deleted(entry);
            spoilt(entry, "a line altered", data -> lines(entry, data, lines -> lines.set(0, otherwise(lines.get(0)))));
            spoilt(entry, "a line doubled", data -> lines(entry, data, lines -> lines.add(lines.get(0))));
            spoilt(entry, "a line deleted", data -> lines(entry, data, lines -> lines.remove(lines.size() - 1)));
        }
        String twin = writer() + "/000000009999";
        zk.create(twin, zk.getData(entries.get(0), false, null), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        fails("an entry doubled");
        zk.delete(twin, -1);

        spoilt(writer(), "counts deleted", data -> new byte[0]);
        spoilt(writer(), "counts altered", data -> counts(data, count -> count - 1));
        spoilt(writer(), "counts doubled", data -> counts(data, count -> 2 * count));

        String job = ROOT + Paths.job("tick");
        spoilt(
                job,
                "a version altered",
                data -> versions(job, data, versions -> versions.set(0, later(versions.get(0)))));
        spoilt(job, "the newest version deleted", data -> versions(job, data, versions -> versions.remove(1)));
        spoilt(job, "a version doubled", data -> versions(job, data, versions -> versions.add(versions.get(0))));
        deleted(job);

        String masters = ROOT + Paths.MASTER_JOURNAL;
        List<String> versions = zk.getChildren(masters, false).stream().sorted().toList();
        deleted(masters + '/' + versions.get(0));
        spoilt(
                masters + '/' + versions.get(0),
                "a version of the assignment altered",
                data -> replaced(data, "a~", "b~"));
        String copy = masters + '/' + versions.get(0).replaceAll("[0-9]$", "9");
        byte[] data = zk.getData(masters + '/' + versions.get(0), false, null);
        zk.create(copy, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        fails("a version of the assignment doubled");
        zk.delete(copy, -1);
        holds("at the end");
        unseenDeletion(job);
    }

    private void deleted(String path) throws Exception {
        byte[] data = zk.getData(path, false, null);
        zk.delete(path, -1);
        fails("deleted " + path);
        zk.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        holds("created again " + path);
    }

    /** The record goes while no exporter has looked for more than a day; everything in the history is two days old, too. */
    private void unseenDeletion(String job) throws Exception {
        byte[] data = zk.getData(job, false, null);
        zk.delete(job, -1);
        sql("update belfry_journal set entry = entry - 172800000 where writer = '/jobs'");
        fails("a record removed, and fires within the last day");
        sql("update belfry_journal set entry = entry + 172800000 where writer = '/jobs'");
        zk.create(job, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        holds("created again");
    }

    private void spoilt(String path, String what, Spoiling spoiling) throws Exception {
        byte[] data = zk.getData(path, false, null);
        byte[] other = spoiling.of(data);
        assertThat(other).as(what + " in " + path).isNotEqualTo(data);
        zk.setData(path, other, -1);
        fails(what + " in " + path);
        zk.setData(path, data, -1);
    }

    private static byte[] replaced(byte[] data, String old, String with) {
        return new String(data, StandardCharsets.UTF_8).replace(old, with).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] lines(String path, byte[] data, java.util.function.Consumer<List<FireEntry>> change) {
        List<FireEntry> lines = new ArrayList<>(FireJournal.decode(path, data));
        change.accept(lines);
        return FireJournal.encode(lines);
    }

    private static FireEntry elsewhen(FireEntry line) {
        FireId moved = FireId.scheduled(line.fire().due().plusMillis(1));
        return new FireEntry(
                line.kind(),
                line.jobUid(),
                line.layout(),
                line.shard(),
                moved,
                moved.due(),
                1,
                line.attempt(),
                line.token(),
                line.started(),
                line.ended(),
                line.outcome(),
                line.reason());
    }

    private static FireEntry otherwise(FireEntry line) {
        return new FireEntry(
                line.kind(),
                line.jobUid(),
                line.layout(),
                line.shard(),
                line.fire(),
                line.last(),
                line.count(),
                line.attempt(),
                line.token() + 1,
                line.started(),
                line.ended(),
                line.outcome(),
                line.reason());
    }

    private static byte[] counts(byte[] data, java.util.function.LongUnaryOperator change) {
        JournalCounts counts = JournalCounts.decode("counts", data);
        Map<JournalCounts.Cell, Long> cells = new LinkedHashMap<>();
        counts.cells().forEach((cell, count) -> cells.put(cell, change.applyAsLong(count)));
        return JournalCounts.of(cells, counts.earlierUntil()).encode();
    }

    private static byte[] versions(String path, byte[] data, java.util.function.Consumer<List<JobVersion>> change) {
        JobRecord job = JobRecordCodec.decode(path, data, Instant.EPOCH);
        List<JobVersion> versions = new ArrayList<>(job.versions());
        change.accept(versions);
        return JobRecordCodec.encode(new JobRecord(
                job.name(),
                job.uid(),
                versions,
                job.requests(),
                job.deletedAt(),
                job.settled(),
                job.former(),
                job.cancels()));
    }

    private static JobVersion later(JobVersion version) {
        return new JobVersion(
                version.number(),
                version.from().plusMillis(1),
                version.changed(),
                version.layout(),
                version.definition(),
                version.paused(),
                version.author());
    }
}
