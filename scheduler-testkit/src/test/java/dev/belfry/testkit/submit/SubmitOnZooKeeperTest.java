package dev.belfry.testkit.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.RunHandle;
import dev.belfry.agent.client.ClientException;
import dev.belfry.agent.client.QueueState;
import dev.belfry.agent.submit.Pressure;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.queue.Gate;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Submissions through a client's threads and a real server, which is stopped meanwhile; the test plays the master. */
class SubmitOnZooKeeperTest {
    private static final Author ANNA = new Author(Author.Origin.OPERATOR, "anna", "");
    private static final String ROOT = "/belfry/test";

    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;
    private ZooKeeper zk;
    private BelfryClient client;

    @BeforeEach
    void setUp() throws Exception {
        server = EmbeddedZooKeeper.start(directory);
        zk = new ZooKeeper(server.connectString(), 30_000, event -> {});
        client = BelfryClient.connect(server.connectString(), "test");
        client.awaitConnected();
        client.apply(Job.named("load").manual().placement(Placement.QUEUED).build(), ANNA);
        client.apply(Job.named("index").manual().build(), ANNA);
        for (String path : List.of(Paths.QUEUE, Paths.SUBMITTERS, Paths.SEGMENTS)) {
            put(path, new byte[0]);
        }
        put(Paths.GATE, Gate.FRESH.encode());
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        zk.close();
        server.close();
    }

    private void put(String path, byte[] data) throws Exception {
        try {
            zk.create(ROOT + path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            zk.setData(ROOT + path, data, -1);
        }
    }

    private List<String> stored() {
        List<String> runs = new ArrayList<>();
        for (QueueState.Stored segment : client.queue().segments()) {
            segment.segment().runs().forEach(run -> runs.add(run.runId()));
        }
        return runs;
    }

    @Test
    void thousandsOfRunsAreEachInOneSegmentAlthoughTheServerWasStopped() throws Exception {
        List<CompletableFuture<RunHandle>> answers = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            answers.add(client.submit("load", Map.of("n", Integer.toString(i)), SubmitOptions.usual()));
            if (i == 1_500) {
                answers.get(700).get(20, TimeUnit.SECONDS);
                server.stop();
                server.restart();
            }
        }
        List<String> acknowledged = new ArrayList<>();
        for (CompletableFuture<RunHandle> answer : answers) {
            acknowledged.add(answer.get(60, TimeUnit.SECONDS).runId());
        }
        assertThat(stored()).containsExactlyInAnyOrderElementsOf(acknowledged).doesNotHaveDuplicates();
        assertThat(client.queue().segments()).hasSizeLessThan(1_000);
    }

    @Test
    void batchIsFollowedToItsOutcomes() throws Exception {
        List<Map<String, String>> parameters = IntStream.range(0, 50)
                .mapToObj(n -> Map.of("n", Integer.toString(n)))
                .toList();
        List<RunHandle> runs = client
                .submitAll("load", parameters, SubmitOptions.usual().priority(7))
                .stream()
                .map(CompletableFuture::join)
                .toList();
        BlockingQueue<Outcome> told = new LinkedBlockingQueue<>();
        runs.forEach(run -> run.whenDone(result -> told.add(result.orElseThrow().outcome())));
        for (QueueState.Stored segment : client.queue().segments()) {
            BitSet all = new BitSet();
            all.set(0, segment.segment().tasks());
            put(
                    Paths.segmentState(segment.path()),
                    new SegmentState(Map.of(Outcome.SUCCEEDED, all), Map.of()).encode());
        }
        for (int i = 0; i < runs.size(); i++) {
            assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(Outcome.SUCCEEDED);
        }
        assertThat(client.await(runs.get(3).runId(), Duration.ofSeconds(20))
                        .orElseThrow()
                        .succeeded())
                .isTrue();
        assertThat(client.await("load-none!x", Duration.ofSeconds(20))).isEmpty();
    }

    @Test
    void whatCannotBeSubmittedFailsByItsMeaning() throws Exception {
        assertThatThrownBy(() ->
                        client.submit("none", Map.of(), SubmitOptions.usual()).join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("there is no job 'none'");
        assertThatThrownBy(() ->
                        client.submit("index", Map.of(), SubmitOptions.usual()).join())
                .hasMessageContaining("placement: sticky");
        assertThatThrownBy(() -> client.submit("load", Map.of("x", "y".repeat(70_000)), SubmitOptions.usual())
                        .join())
                .hasMessageContaining("are possible");
        put(Paths.GATE, new Gate(false, 10, 11).encode());
        assertThatThrownBy(() -> client.submit(
                                "load", Map.of(), SubmitOptions.usual().whenFull(Pressure.REFUSE))
                        .join())
                .cause()
                .isInstanceOfSatisfying(
                        ClientException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(ClientException.Kind.FULL));
        assertThat(stored()).isEmpty();
        client.close();
        assertThatThrownBy(() -> client.submit("load", Map.of(), SubmitOptions.usual()))
                .hasMessageContaining("the client is closed");
    }
}
