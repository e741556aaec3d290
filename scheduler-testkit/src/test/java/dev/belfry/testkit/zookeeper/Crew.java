package dev.belfry.testkit.zookeeper;

import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.JobContext;
import dev.belfry.core.job.Job;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.version.Author;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/** Agents on an ensemble, what they run, and somebody who looks at their znodes from a server that nothing happens to. */
final class Crew implements AutoCloseable {
    static final String NAMESPACE = "crew";
    static final int SHARDS = 4;

    /** One start of user code, with the monotonic time at which it began. */
    record Start(String agent, int shard, long nanos) {}

    final ZooKeeper witness;
    final BelfryClient client;
    private final List<ZooKeeper> plain = new ArrayList<>();
    private final List<Agent> agents = new ArrayList<>();
    private final List<Start> starts = new CopyOnWriteArrayList<>();
    /** By agent: until when its lease lasted, as it said itself. */
    private final Map<String, Long> leaseEnds = new ConcurrentHashMap<>();

    /** @param safe servers that nothing happens to */
    Crew(String safe) throws Exception {
        witness = plain(safe, Duration.ofSeconds(8));
        client = BelfryClient.connect(safe, NAMESPACE);
    }

    /** A client of plain ZooKeeper that has a session; it is closed with the crew. */
    ZooKeeper plain(String servers, Duration sessionTimeout) throws Exception {
        ZooKeeper zooKeeper = new ZooKeeper(servers, (int) sessionTimeout.toMillis(), event -> {});
        plain.add(zooKeeper);
        Party.await("a session", () -> zooKeeper.getState().isConnected());
        return zooKeeper;
    }

    Agent start(String id, String servers, Duration sessionTimeout) {
        Agent agent = Agent.builder()
                .zookeeper(servers)
                .namespace(NAMESPACE)
                .id(id)
                .candidates(1)
                .sessionTimeout(sessionTimeout)
                .drainTimeout(Duration.ofSeconds(1))
                .shutdownHook(false)
                .waitForZooKeeper(Duration.ofSeconds(20))
                .handler("work", context -> ran(id, context))
                .start();
        agents.add(agent);
        Party.await("a lease", () -> !agent.status().lease().isZero());
        return agent;
    }

    private void ran(String agent, JobContext context) {
        starts.add(new Start(agent, context.shard(), System.nanoTime()));
    }

    /** Applies a job that is due that often, and waits until it runs on all agents. */
    void work(Duration period) {
        client.apply(
                Job.named("work").handler("work").every(period).shards(SHARDS).build(),
                new Author(Author.Origin.OPERATOR, "anna", ""));
        long from = System.nanoTime();
        agents.forEach(agent -> Party.await(agent.id() + " runs", () -> ranSince(agent.id(), from)));
    }

    boolean ranSince(String agent, long nanos) {
        return starts.stream().anyMatch(start -> start.agent().equals(agent) && start.nanos() - nanos > 0);
    }

    /** What was run since then. */
    List<Start> startsSince(long nanos) {
        return starts.stream().filter(start -> start.nanos() - nanos > 0).toList();
    }

    /** Asks every agent for its lease; ask often. */
    void look() {
        for (Agent agent : agents) {
            long asked = System.nanoTime();
            long left = agent.status().lease().toNanos();
            if (left > 0) {
                leaseEnds.merge(agent.id(), asked + left, Math::max);
            }
        }
    }

    /** Until when the lease lasted that was seen last. */
    long leaseEnd(String agent) {
        return leaseEnds.getOrDefault(agent, 0L);
    }

    /** Who owns what, and since when. */
    Map<ShardKey, String> rows() {
        Map<ShardKey, String> rows = new TreeMap<>();
        client.shards().table().forEach((key, row) -> rows.put(key, row.owner() + " " + row.since()));
        return rows;
    }

    static String registration(String incarnation) {
        return "/belfry/" + NAMESPACE + "/agents/" + incarnation;
    }

    /** What the quorum says of a znode; null if it says that there is none. */
    @Nullable
    Stat stat(String path) {
        try {
            return witness.exists(path, false);
        } catch (KeeperException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        agents.forEach(Agent::close);
        client.close();
        for (ZooKeeper zooKeeper : plain) {
            try {
                zooKeeper.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
