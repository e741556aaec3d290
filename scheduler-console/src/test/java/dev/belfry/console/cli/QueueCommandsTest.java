package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
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

/** The queue on the command line, against a real server; the test does what a master would do. */
class QueueCommandsTest {
    private static final String JOBS = """
            apiVersion: belfry/v1
            queues:
              nightly: {order: shortest-job-first}
            pools: {db: 2}
            jobs:
              - name: load
                trigger: manual
                placement: queued
                queue: nightly
                pool: [db]
              - name: index
                trigger: manual
            """;

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    private ZooKeeper zk;
    private String root;
    private Console console;

    @BeforeEach
    void setUp(TestInfo test) throws Exception {
        console = SERVED.console(test);
        root = "/belfry/" + ServedConsole.namespace(test);
        zk = new ZooKeeper(SERVED.server().connectString(), 10_000, event -> {});
        assertThat(console.run("", "apply", SERVED.file("jobs.yaml", JOBS), "--as", "anna"))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("1 queue and 1 pool declared");
        put(Paths.QUEUE, new byte[0]);
        put(Paths.GATE, Gate.FRESH.encode());
        put(Paths.SUBMITTERS, new byte[0]);
        put(Paths.SEGMENTS, new byte[0]);
    }

    @AfterEach
    void close() throws InterruptedException {
        zk.close();
    }

    private void put(String path, byte[] data) throws Exception {
        try {
            zk.create(root + path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            zk.setData(root + path, data, -1);
        }
    }

    private List<String> segments() throws Exception {
        List<String> segments = new ArrayList<>();
        for (String bucket : zk.getChildren(root + Paths.SEGMENTS, false)) {
            for (String name : zk.getChildren(root + Paths.SEGMENTS + '/' + bucket, false)) {
                if (!name.contains(":")) {
                    segments.add(Paths.SEGMENTS + '/' + bucket + '/' + name);
                }
            }
        }
        return segments;
    }

    @Test
    void rulesOfAFileAreDeclaredAndThoseOfAnotherOneStay() throws Exception {
        String other = SERVED.file("other.yaml", "apiVersion: belfry/v1\npools: {mail: 0}\n");
        assertThat(console.run("", "apply", other, "--as", "eve"))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        DeclaredRules rules =
                DeclaredRules.decode(Paths.QUEUE_RULES, zk.getData(root + Paths.QUEUE_RULES, false, null));
        assertThat(rules.pools()).isEqualTo(Map.of("db", 2, "mail", 0));
        assertThat(rules.queues()).containsOnlyKeys("nightly");
        assertThat(rules.by()).isEqualTo("eve");
    }

    @Test
    void submittedRunIsListedWithThePlaceAtWhichItWaitsAndWhy() throws Exception {
        assertThat(console.run(
                        "", "submit", "load", "--param", "day=monday", "--label", "team=search", "--priority", "7"))
                .as(console.err())
                .isEqualTo(Exit.DONE);
        assertThat(console.out()).startsWith("run load~").contains("is in the queue");
        assertThat(console.line("submit load --in 1h -o json")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("\"run\" : \"load~").contains("\"accepted\" : \"");

        assertThat(console.line("get queue")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.lines()).hasSize(3);
        assertThat(console.lines().get(1)).contains("load", "7", "waiting", "there is no agent");
        assertThat(console.lines().get(2)).contains("is not due until");
        assertThat(console.line("get queue -o json")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("\"position\" : 1", "\"queue\" : \"nightly\"", "\"team\" : \"search\"");
        assertThat(console.line("get runs")).isEqualTo(Exit.DONE);
        assertThat(console.lines()).hasSize(3);
        assertThat(console.lines().get(1)).contains("load", "queued");
        assertThat(console.line("get queue --job index")).isEqualTo(Exit.DONE);
        assertThat(console.err()).contains("there is nothing in the queue of job 'index'");
    }

    @Test
    void sameKeyIsTheSameRun() throws Exception {
        assertThat(console.line("submit load --key k1")).isEqualTo(Exit.DONE);
        String first = console.out();
        assertThat(console.line("submit load --key k1")).isEqualTo(Exit.DONE);
        assertThat(console.out()).isEqualTo(first).contains("!k1");
        assertThat(console.line("get queue")).isEqualTo(Exit.DONE);
        assertThat(console.lines()).hasSize(2);
    }

    @Test
    void whatCannotBeSubmittedIsRefusedWithWhatToDo() throws Exception {
        assertThat(console.line("submit nothing")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("there is no job 'nothing'; 'belfry get jobs' lists");
        assertThat(console.line("submit index")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("placement: sticky").contains("trigger it instead");
        assertThat(console.line("submit load --priority 12")).isEqualTo(Exit.USAGE);
        assertThat(console.err()).contains("--priority: a priority is from 0 to 9, not 12");
        assertThat(console.line("submit load --in 1h --at 2030-01-01T00:00:00Z"))
                .isEqualTo(Exit.USAGE);
        assertThat(console.line("submit load --in soon")).isEqualTo(Exit.USAGE);
        assertThat(console.line("submit load --key a/b")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("not a key: 'a/b'");
        put(Paths.GATE, new Gate(false, 10, 12).encode());
        assertThat(console.line("submit load --if-full refuse")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("the queue holds 12 runs, and takes no more above 10");
        assertThat(segments()).isEmpty();
        assertThat(console.line("get queue")).isEqualTo(Exit.DONE);
        assertThat(console.err()).contains("takes no more runs");
        assertThat(console.line("cancel no-run")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("no run 'no-run'");
    }

    @Test
    void whoWaitsIsToldTheOutcome() throws Exception {
        assertThat(console.line("submit load --wait --timeout 300ms")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("has no outcome within");
        CompletableFuture<Void> master = CompletableFuture.runAsync(() -> settle(Outcome.SUCCEEDED));
        assertThat(console.line("submit load --wait")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.lines().get(1)).contains("succeeded");
        master.join();
    }

    /** Settles all of every segment, once there is a second one. */
    private void settle(Outcome outcome) {
        try {
            while (segments().size() < 2) {
                Thread.onSpinWait();
            }
            BitSet first = BitSet.valueOf(new long[] {1});
            for (String segment : segments()) {
                put(Paths.segmentState(segment), new SegmentState(Map.of(outcome, first), Map.of()).encode());
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
