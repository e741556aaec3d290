package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.command.Command;
import dev.belfry.core.command.CommandCodec;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.queue.DeadLetter;
import dev.belfry.core.queue.DeadLetterPage;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobRecordCodec;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.BackfillId;
import dev.belfry.core.workflow.BackfillOrder;
import dev.belfry.core.workflow.BackfillRequest.Beside;
import dev.belfry.core.workflow.BackfillRequest.Order;
import dev.belfry.core.workflow.BackfillRequest.Reprocess;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.BackfillRunCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Backfills and dead letters on the command line, against a real server; the test does what a master would do. */
class BackfillCommandsTest {
    private static final String JOBS = """
            apiVersion: belfry/v1
            jobs:
              - name: load
                placement: queued
                trigger: {cron: "0 0 2 * * ?"}
              - name: sticky
                trigger: {cron: "0 0 2 * * ?"}
            """;

    private static final String RANGE = " --from 2026-06-01T00:00:00Z --to 2026-06-03T02:00:00Z";
    private static final Instant NOON = Instant.parse("2026-06-05T12:00:00Z");

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    private ZooKeeper zk;
    private String root;
    private Console console;

    @BeforeEach
    void setUp(TestInfo test) throws Exception {
        console = SERVED.console(test);
        SERVED.create(test);
        root = "/belfry/" + ServedConsole.namespace(test);
        zk = new ZooKeeper(SERVED.server().connectString(), 10_000, event -> {});
        for (JobDefinition job : Definitions.parse("a.yaml", JOBS).jobs()) {
            JobVersion version = new JobVersion(
                    4, Instant.EPOCH, Instant.EPOCH, 1, job, false, new Author(Author.Origin.OPERATOR, "anna", ""));
            JobRecord record =
                    new JobRecord(job.name(), job.name() + "~0000002a", List.of(version), List.of(), Optional.empty());
            put(Paths.job(job.name()), JobRecordCodec.encode(record, Duration.ZERO));
        }
        put(Paths.COMMANDS, new byte[0]);
    }

    @AfterEach
    void close() throws InterruptedException {
        zk.close();
    }

    private void put(String path, byte[] data) throws Exception {
        String parent = Paths.parent(path);
        if (!parent.equals("/") && zk.exists(root + parent, false) == null) {
            put(parent, new byte[0]);
        }
        try {
            zk.create(root + path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            zk.setData(root + path, data, -1);
        }
    }

    /** Answers the next command. */
    private CompletableFuture<Command> master() throws Exception {
        List<String> before = zk.getChildren(root + Paths.COMMANDS, false);
        return CompletableFuture.supplyAsync(() -> {
            try {
                List<String> found = before;
                while (found.size() == before.size()) {
                    found = zk.getChildren(root + Paths.COMMANDS, false);
                }
                String id = found.stream()
                        .filter(name -> !before.contains(name))
                        .findFirst()
                        .orElseThrow();
                String path = Paths.command(id);
                Command asked = CommandCodec.decode(path, zk.getData(root + path, false, null));
                put(path, CommandCodec.encode(asked.done(new Command.Result(true, "done", NOON, "x"))));
                return asked;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aDryRunPrintsTheInstantsAndWritesNothing() throws Exception {
        assertThat(console.line("backfill load --dry-run" + RANGE))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.lines()).hasSize(5);
        assertThat(console.lines().get(1)).contains("2026-06-01", "yes", "has no record");
        assertThat(console.lines().get(4)).isEqualTo("3 instants in the range, 3 to be run; nothing was written");
        assertThat(console.line("backfill load --dry-run --order newest-first -o json" + RANGE))
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("\"toRun\" : 3", "2026-06-03T02:00:00Z");
        assertThat(zk.getChildren(root + Paths.COMMANDS, false)).isEmpty();
    }

    @Test
    void aBackfillIsACommandThatSaysWhatWasCountedAndChosen() throws Exception {
        CompletableFuture<Command> master = master();
        assertThat(console.line(
                        "backfill load --reprocess failed --order newest-first --overlap skip --concurrency 3" + RANGE))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        Command asked = master.join();
        assertThat(asked.kind()).isEqualTo(Command.Kind.BACKFILL);
        assertThat(asked.target()).isEqualTo("load");
        BackfillOrder order = BackfillOrder.parse(asked.parameters());
        assertThat(order.version()).isEqualTo(4);
        assertThat(order.chosen().count()).isEqualTo(3);
        assertThat(order.request().reprocess()).isEqualTo(Reprocess.FAILED);
        assertThat(order.request().order()).isEqualTo(Order.NEWEST_FIRST);
        assertThat(order.request().overlap()).isEqualTo(Beside.SKIP);
        assertThat(order.request().concurrency()).isEqualTo(3);
    }

    @Test
    void whatCannotBeBackfilledIsRefused() {
        assertThat(console.line("backfill sticky" + RANGE)).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("the job sticky is sticky", "placement: queued");
        assertThat(console.line("backfill nobody" + RANGE)).isEqualTo(Exit.NO);
        assertThat(console.line("backfill load --most 2" + RANGE)).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("the range holds more than 2 fires");
        assertThat(console.line("backfill load --from 2026-06-02T00:00:00Z --to 2026-06-01T00:00:00Z"))
                .isEqualTo(Exit.USAGE);
        assertThat(console.line("backfill load --concurrency 0" + RANGE)).isEqualTo(Exit.USAGE);
    }

    @Test
    void backfillsAreListedDescribedExplainedAndCancelled() throws Exception {
        CompletableFuture<Command> master = master();
        console.line("backfill load" + RANGE);
        BackfillOrder order = BackfillOrder.parse(master.join().parameters());
        BackfillRun run = BackfillRun.begin(
                BackfillId.of("load~0000002a", "k1"),
                new BackfillRun.Target("load~0000002a", "load", 4, NOON),
                order,
                new BackfillRun.Asked("anna", NOON));
        put(Paths.backfill(run.id().toString()), BackfillRunCodec.encode(run));
        assertThat(console.line("get backfills")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.lines().get(1)).contains("load~0000002a+k1", "running", "0/3");
        assertThat(console.line("describe backfill load~0000002a+k1"))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("asked for by anna", "3 to come", "no run of it is listed");
        assertThat(console.line("describe backfill load~0000002a+k2")).isEqualTo(Exit.NO);
        assertThat(console.line("explain load")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("Backfill load~0000002a+k1", "3 instants to come of 3");
        master = master();
        assertThat(console.line("cancel load~0000002a+k1")).isEqualTo(Exit.DONE);
        assertThat(master.join().cancelsBackfill()).isTrue();
    }

    @Test
    void deadLettersAreListedRunAgainAndForgotten() throws Exception {
        Submission run = new Submission(
                "load~0000002a!k7",
                "load~0000002a",
                1,
                Optional.empty(),
                Map.of("day", "2026-06-01"),
                Submission.USUAL,
                "anna");
        put(
                Paths.deadLetters(1),
                new DeadLetterPage(List.of(new DeadLetter(run, NOON, Outcome.FAILED, NOON))).encode());
        assertThat(console.line("get dead-letters")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.lines().get(1)).contains("load~0000002a!k7", "failed", "day=2026-06-01");
        CompletableFuture<Command> master = master();
        assertThat(console.line("rerun load~0000002a!k7")).as(console.err()).isEqualTo(Exit.DONE);
        Command again = master.join();
        assertThat(again.kind()).isEqualTo(Command.Kind.RERUN);
        assertThat(again.target()).isEqualTo("load~0000002a!k7");
        master = master();
        assertThat(console.line("forget load~0000002a!k7")).isEqualTo(Exit.DONE);
        assertThat(master.join().kind()).isEqualTo(Command.Kind.FORGET);
    }
}
