package dev.belfry.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.AgentStartException;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.CloseMode;
import dev.belfry.agent.JobContext;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.store.zk.ZkIdentity;
import dev.belfry.store.zk.ZkPassword;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents as a service embeds them, against a real server: they start, run jobs, and leave nothing behind. */
@Timeout(120)
final class AgentTest {
    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;

    @BeforeEach
    void start() {
        server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"));
    }

    @AfterEach
    void stopAndLookForLeaks() {
        server.close();
        await("no thread of Belfry is left")
                .untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("belfry-"))
                .toList();
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }

    private AgentBuilder agent(String id) {
        return Agent.builder()
                .zookeeper(server.connectString())
                .namespace("test")
                .id(id)
                .sessionTimeout(Duration.ofSeconds(4))
                .drainTimeout(Duration.ofSeconds(10))
                .shutdownHook(false);
    }

    private BelfryClient client() {
        return BelfryClient.connect(server.connectString(), "test");
    }

    @Test
    void agentRegistersRunsItsDeclaredJobAndLeaves() throws Exception {
        Set<Integer> shards = ConcurrentHashMap.newKeySet();
        try (BelfryClient client = client()) {
            Agent agent = agent("a1")
                    .endpoint(URI.create("http://10.0.0.7:8080"))
                    .label("disk", "ssd")
                    .zone("z1")
                    .slots(3)
                    .handler("index", context -> shards.add(context.shard()))
                    .job(Job.named("index").every(Duration.ofSeconds(1)).shards(4))
                    .waitForZooKeeper(Duration.ofSeconds(30))
                    .start();
            var facts = client.agents().found().get(0).facts();
            assertThat(facts.incarnation().agentId()).isEqualTo("a1");
            assertThat(facts.endpoint()).contains(URI.create("http://10.0.0.7:8080"));
            assertThat(facts.labels()).containsEntry("disk", "ssd");
            assertThat(facts.zone()).contains("z1");
            assertThat(facts.capacity().slots()).isEqualTo(3);
            assertThat(facts.pid()).isEqualTo(ProcessHandle.current().pid());
            assertThat(facts.tzdata()).matches("20[0-9]{2}[a-z]");
            await("every shard has run").until(() -> shards.equals(Set.of(0, 1, 2, 3)));
            assertThat(agent.status().incarnation())
                    .contains(facts.incarnation().name());
            assertThat(agent.status().shards()).isEqualTo(4);
            assertThat(agent.status().master()).isTrue();
            assertThat(agent.status().lease()).isPositive();

            assertThat(agent.close(CloseMode.LEAVING)).isTrue();
            assertThat(client.agents().found())
                    .as("its ephemerals are gone at once")
                    .isEmpty();
            assertThat(agent.close(CloseMode.LEAVING)).as("idempotent").isTrue();
            agent.awaitTermination();
            assertThat(agent.status().incarnation()).isEmpty();
        }
        assertThat(shards).hasSize(4);
    }

    @Test
    void agentThatFindsNoZooKeeperWaitsForIt() throws Exception {
        server.stop();
        CountDownLatch ran = new CountDownLatch(1);
        try (Agent agent = agent("a1")
                .handler("index", context -> ran.countDown())
                .job(Job.named("index").every(Duration.ofSeconds(1)))
                .start()) {
            assertThat(agent.status().incarnation()).isEmpty();
            assertThat(agent.awaitTermination(Duration.ofMillis(200))).isFalse();
            server.restart();
            assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void agentThatIsNotToWaitForEverFailsAndSaysWhatToCheck() {
        server.stop();
        AgentBuilder builder = agent("a1").handler("index", context -> {}).waitForZooKeeper(Duration.ofMillis(300));
        assertThatThrownBy(builder::start)
                .isInstanceOf(AgentStartException.class)
                .hasMessageContaining("agent a1 was not registered within PT0.3S")
                .hasMessageContaining(server.connectString());
    }

    @Test
    void registrationHasTheAclOfTheAgentsIdentity() throws Exception {
        try (Agent agent = agent("a1")
                .identity(new ZkIdentity.Digest("agent", ZkPassword.of("secret".toCharArray())))
                .handler("index", context -> {})
                .waitForZooKeeper(Duration.ofSeconds(30))
                .start()) {
            String path = "/belfry/test/agents/" + agent.status().incarnation().orElseThrow();
            ZooKeeper zk = new ZooKeeper(server.connectString(), 4000, event -> {});
            assertThatThrownBy(() -> zk.getData(path, false, null)).isInstanceOf(KeeperException.NoAuthException.class);
            zk.addAuthInfo("digest", "agent:secret".getBytes(StandardCharsets.UTF_8));
            Stat stat = new Stat();
            zk.getData(path, false, stat);
            assertThat(path).endsWith("~" + Long.toHexString(stat.getEphemeralOwner()));
            assertThat(zk.getACL(path, new Stat()))
                    .singleElement()
                    .satisfies(acl -> assertThat(acl.getId().getId()).startsWith("agent:"));
            zk.close();
        }
    }

    @Test
    void runningAttemptEndsBeforeItsAgentLeaves() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Semaphore gate = new Semaphore(0);
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        Agent agent = agent("a1")
                .handler("slow", context -> {
                    begun.countDown();
                    gate.acquire();
                    cancelled.complete(context.isCancelled());
                })
                .job(Job.named("slow").every(Duration.ofSeconds(1)))
                .start();
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        Thread closer = new Thread(agent::close);
        closer.start();
        assertThat(agent.awaitTermination(Duration.ofMillis(300))).isFalse();
        gate.release(100);
        closer.join(60_000);
        assertThat(agent.awaitTermination(Duration.ZERO)).isTrue();
        assertThat(cancelled.get()).isFalse();
    }

    @Test
    void attemptThatWillNotEndIsNamedAndCloseAnswersFalse() throws Exception {
        Semaphore gate = new Semaphore(0);
        AtomicReference<JobContext> seen = new AtomicReference<>();
        Agent agent = agent("a1")
                .drainTimeout(Duration.ofMillis(100))
                .handler("stubborn", context -> {
                    seen.set(context);
                    gate.acquireUninterruptibly();
                })
                .job(Job.named("stubborn")
                        .every(Duration.ofSeconds(1))
                        .timeouts(new Timeouts(null, null, null, null, TimeoutAction.CANCEL, Duration.ofMillis(50))))
                .start();
        await("it runs").until(() -> seen.get() != null);
        assertThat(agent.close(CloseMode.LEAVING)).isFalse();
        assertThat(seen.get().isCancelled()).isTrue();
        try {
            // The connection's own thread takes a moment to end.
            await("only the attempt is left")
                    .untilAsserted(() ->
                            assertThat(threads()).singleElement().asString().startsWith("belfry-attempt-a1-"));
        } finally {
            gate.release(100);
        }
    }

    @Test
    void handlerMayCloseItsOwnAgentAndAskIt() throws Exception {
        AtomicReference<Agent> self = new AtomicReference<>();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Agent agent = agent("a1")
                .handler("last", context -> {
                    if (self.get() != null && self.get().status().running() > 0) {
                        answer.complete(self.get().close(CloseMode.LEAVING));
                    }
                })
                .job(Job.named("last").every(Duration.ofSeconds(1)))
                .start();
        self.set(agent);
        assertThat(answer.get(60, TimeUnit.SECONDS)).isFalse();
        assertThat(agent.awaitTermination(Duration.ofSeconds(30))).isTrue();
        assertThat(agent.close(CloseMode.LEAVING)).isTrue();
    }

    @Test
    void restartingAgentWaitsForItsAttempts() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Semaphore gate = new Semaphore(0);
        Agent agent = agent("a1")
                .handler("slow", context -> {
                    begun.countDown();
                    gate.acquire();
                    ended.countDown();
                })
                .job(Job.named("slow").every(Duration.ofSeconds(1)).rejoinGrace(Duration.ofSeconds(30)))
                .start();
        assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Boolean> closed = CompletableFuture.supplyAsync(() -> agent.close(CloseMode.RESTARTING));
        assertThat(agent.awaitTermination(Duration.ofMillis(300))).isFalse();
        gate.release(100);
        assertThat(closed.get(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ended.getCount()).isZero();
    }

    @Test
    void shardsOfAnAgentThatLeavesAreHandedOver() throws Exception {
        Set<String> ran = ConcurrentHashMap.newKeySet();
        Job job = Job.named("index").every(Duration.ofSeconds(1)).shards(4);
        try (Agent first = agent("a1")
                .handler("index", c -> ran.add("a1-" + c.shard()))
                .job(job)
                .start()) {
            await("all run on the first").until(() -> ran.size() == 4);
            try (Agent second = agent("a2")
                    .handler("index", c -> ran.add("a2-" + c.shard()))
                    .start()) {
                await("both run some")
                        .until(() ->
                                second.status().shards() == 2 && first.status().shards() == 2);
                long began = System.nanoTime();
                assertThat(first.close(CloseMode.LEAVING)).isTrue();
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(9));
                await("the second has all").until(() -> second.status().shards() == 4);
                await("and is master").until(() -> second.status().master());
            }
        }
    }

    @Test
    void agentClosesAlthoughZooKeeperIsGone() {
        Agent agent = agent("a1")
                .drainTimeout(Duration.ofMinutes(10))
                .handler("index", context -> {})
                .job(Job.named("index").every(Duration.ofSeconds(1)).shards(4))
                .start();
        await("it holds shards").until(() -> agent.status().shards() == 4);
        server.stop();
        assertThat(agent.close(CloseMode.LEAVING)).isTrue();
    }

    @Test
    void agentLeavesWhenItsProcessIsToldToEnd() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AgentProcess.class.getName(),
                        server.connectString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("process.log").toFile())
                .start();
        try (BelfryClient client = client()) {
            await("it is registered").until(() -> client.agents().found().size() == 1);
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(client.agents().found())
                    .as("its session was closed and did not have to expire; see %s", directory)
                    .isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void standbyRunsNothingAndIsMaster() {
        try (Agent standby =
                agent("s1").standby().waitForZooKeeper(Duration.ofSeconds(30)).start()) {
            await("it takes office").until(() -> standby.status().master());
            assertThat(standby.status().shards()).isZero();
        }
    }

    @Test
    void builderRefusesWhatCannotBe() {
        assertThatThrownBy(() -> Agent.builder().start()).hasMessageContaining("zookeeper(");
        assertThatThrownBy(() -> agent("a1").start()).hasMessageContaining("no handler");
        assertThatThrownBy(() -> agent("a1").standby().handler("x", c -> {}).start())
                .hasMessageContaining("[x]");
        assertThatThrownBy(() -> agent("-a")).hasMessageContaining("'-a'");
        assertThatThrownBy(() -> agent("a1").handler("x", c -> {}).handler("x", c -> {}))
                .hasMessageContaining("two handlers 'x'");
        Job job = Job.named("index").manual();
        assertThatThrownBy(() -> agent("a1").job(job).job(job)).hasMessageContaining("declared twice");
        assertThatThrownBy(() -> agent("a1").slots(0)).hasMessageContaining("slots");
        assertThatThrownBy(
                        () -> agent("a1").namespace("a/b").handler("x", c -> {}).start())
                .hasMessageContaining("a/b");
        assertThatThrownBy(() -> agent("a1").allowCommands(directory.resolve("none")))
                .hasMessageContaining("none");
        assertThatThrownBy(() -> agent("a1").allowHttp("*")).hasMessageContaining("'*'");
    }
}
