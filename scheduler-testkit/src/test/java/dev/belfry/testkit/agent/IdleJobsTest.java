package dev.belfry.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.client.Applied;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.version.Author;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an agent holds does not grow with its jobs: threads, watches, ephemeral znodes. */
@Timeout(240)
class IdleJobsTest {
    private static final String NAMESPACE = "idle";
    private static final int FEW = 500;
    private static final int MANY = 5_000;
    private static final int MOST_THREADS = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    File directory;

    /** Threads by name without numbers, and what the server counts. */
    private record Held(Set<String> threads, int threadCount, int watches, int ephemerals, int sessions) {}

    @Test
    void anAgentHoldsTheSameForFiveHundredIdleJobsAsForFiveThousand() throws Exception {
        ZooKeeperServer server = new ZooKeeperServer(directory, directory, 200);
        NIOServerCnxnFactory connections = new NIOServerCnxnFactory();
        connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        connections.startup(server);
        String address = "127.0.0.1:" + connections.getLocalPort();
        Agent agent = null;
        try {
            // Whatever runs on demand in the server or in this JVM has run once before anything is counted.
            apply(address, 0, 1);
            Set<Thread> others = Thread.getAllStackTraces().keySet();
            agent = agent(address);
            apply(address, 1, FEW);
            Held few = held(server, agent, others, FEW);
            apply(address, FEW, MANY);
            Held many = held(server, agent, others, MANY);
            System.out.println(FEW + " jobs: " + few);
            System.out.println(MANY + " jobs: " + many);
            assertThat(many).isEqualTo(few);
            assertThat(few.threadCount()).isPositive().isLessThan(MOST_THREADS);
            assertThat(few.ephemerals()).isPositive();
            assertThat(few.watches()).isPositive();
        } finally {
            // The server first: else the agent would give up its shards one by one, and there is nobody to take them.
            connections.shutdown();
            if (agent != null) {
                agent.close();
            }
        }
    }

    private static Agent agent(String address) {
        return Agent.builder()
                .zookeeper(address)
                .namespace(NAMESPACE)
                .id("a1")
                .sessionTimeout(Duration.ofSeconds(4))
                .shutdownHook(false)
                .waitForZooKeeper(PATIENCE)
                .handler("work", context -> {
                    throw new IllegalStateException("idle jobs do not run");
                })
                .start();
    }

    /** Applies jobs that are due in years, from one number to before another, and ends the session that it took. */
    private static void apply(String address, int from, int to) {
        List<JobDefinition> jobs = new ArrayList<>();
        for (int i = from; i < to; i++) {
            jobs.add(Job.named("job" + i)
                    .handler("work")
                    .cron("0 0 0 1 1 ? 2090")
                    .build());
        }
        try (BelfryClient client = BelfryClient.connect(address, NAMESPACE)) {
            client.awaitConnected();
            assertThat(client.apply(jobs, new Author(Author.Origin.OPERATOR, "anna", "")))
                    .noneMatch(Applied.Refused.class::isInstance);
        }
    }

    private static Held held(ZooKeeperServer server, Agent agent, Set<Thread> others, int jobs) {
        await("the agent owns a shard of each job", () -> agent.status().shards() == jobs);
        await("only the agent's session is left", () -> sessions(server) == 1);
        Set<Thread> own = new HashSet<>(Thread.getAllStackTraces().keySet());
        own.removeAll(others);
        // The server's and the JVM's own, which start some only when they need them; and those that this test waits
        // with.
        own.removeIf(thread -> Stream.of("NIO", "ForkJoinPool", "awaitility").anyMatch(thread.getName()::startsWith));
        Set<String> names = new TreeSet<>();
        own.forEach(thread -> names.add(thread.getName().replaceAll("[0-9x:()]+.*", "*")));
        return new Held(
                names,
                own.size(),
                server.getZKDatabase().getDataTree().getWatchCount(),
                server.getZKDatabase().getDataTree().getEphemeralsCount(),
                sessions(server));
    }

    private static int sessions(ZooKeeperServer server) {
        return server.getSessionTracker().globalSessions().size();
    }

    private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(condition);
    }
}
