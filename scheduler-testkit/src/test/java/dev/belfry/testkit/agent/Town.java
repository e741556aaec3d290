package dev.belfry.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.BelfryClient;
import dev.belfry.core.job.Job;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.version.Author;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** A real server, agents that count what they run, a client, and somebody who writes where only Belfry should. */
final class Town {
    static final String NAMESPACE = "town";
    static final byte[] GARBAGE = "garbage".getBytes(StandardCharsets.UTF_8);
    static final byte[] NEWER = "{\"v\":9}".getBytes(StandardCharsets.UTF_8);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final EmbeddedZooKeeper server;
    final BelfryClient client;
    final ZooKeeper vandal;
    private final List<Agent> agents = new ArrayList<>();
    /** Runs by job and shard. */
    private final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();

    Town(Path directory) throws Exception {
        this.server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"));
        this.client = BelfryClient.over(
                ZkConnection.open(
                        ZkSettings.builder(server.connectString(), NAMESPACE).build()),
                Duration.ofSeconds(10));
        CountDownLatch connected = new CountDownLatch(1);
        this.vandal = new ZooKeeper(server.connectString(), 30_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        assertThat(connected.await(30, TimeUnit.SECONDS)).isTrue();
    }

    AgentBuilder builder(String id) {
        return Agent.builder()
                .zookeeper(server.connectString())
                .namespace(NAMESPACE)
                .id(id)
                .sessionTimeout(Duration.ofSeconds(4))
                .drainTimeout(Duration.ofSeconds(5))
                .shutdownHook(false)
                .waitForZooKeeper(PATIENCE)
                .handler(
                        "work",
                        context -> runs(context.job() + "/" + context.shard()).incrementAndGet());
    }

    Agent start(String id) {
        return start(builder(id));
    }

    Agent start(AgentBuilder builder) {
        Agent agent = builder.start();
        agents.add(agent);
        return agent;
    }

    /** A job of four shards that fires four times a second. */
    void apply(String job) {
        client.apply(
                Job.named(job)
                        .handler("work")
                        .every(Duration.ofMillis(500))
                        .shards(4)
                        .build(),
                new Author(Author.Origin.OPERATOR, "anna", ""));
    }

    private AtomicInteger runs(String shard) {
        return runs.computeIfAbsent(shard, name -> new AtomicInteger());
    }

    /** Waits until each of these shards, written {@code job/shard}, has run twice more. */
    void goesOn(String... shards) {
        Map<String, Integer> before = new TreeMap<>();
        List.of(shards).forEach(shard -> before.put(shard, runs(shard).get()));
        await(
                "goes on: " + before.keySet(),
                () -> assertThat(before)
                        .allSatisfy((shard, count) ->
                                assertThat(runs(shard).get()).as(shard).isGreaterThan(count + 1)));
    }

    void jobGoesOn(String job) {
        goesOn(job + "/0", job + "/1", job + "/2", job + "/3");
    }

    /** How often a shard, written {@code job/shard}, has run. */
    int count(String shard) {
        return runs(shard).get();
    }

    /** Who owns each shard. */
    Map<ShardKey, String> owners() {
        Map<ShardKey, String> owners = new TreeMap<>();
        client.shards().table().forEach((key, row) -> owners.put(key, row.owner() + " " + row.since()));
        return owners;
    }

    static void await(String what, ThrowingRunnable condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(condition);
    }

    // --- vandalism

    private static String absolute(String path) {
        return "/belfry/" + NAMESPACE + path;
    }

    byte[] get(String path) throws Exception {
        return vandal.getData(absolute(path), false, null);
    }

    /** How often a znode was written since it was created. */
    int version(String path) throws Exception {
        Stat stat = vandal.exists(absolute(path), false);
        return stat == null ? -1 : stat.getVersion();
    }

    void put(String path, byte[] data) throws Exception {
        vandal.setData(absolute(path), data, -1);
    }

    void create(String path, byte[] data) throws Exception {
        vandal.create(absolute(path), data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    void remove(String path) throws Exception {
        ZKUtil.deleteRecursive(vandal, absolute(path));
    }

    List<String> children(String path) throws Exception {
        try {
            return vandal.getChildren(absolute(path), false).stream()
                    .map(name -> path + "/" + name)
                    .sorted()
                    .toList();
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        }
    }

    /** Stops everything. */
    void leave() throws InterruptedException {
        agents.forEach(Agent::close);
        client.close();
        vandal.close();
        server.close();
    }
}
