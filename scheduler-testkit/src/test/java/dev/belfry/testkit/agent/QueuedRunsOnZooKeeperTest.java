package dev.belfry.testkit.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.CloseMode;
import dev.belfry.agent.JobContext;
import dev.belfry.agent.JobHandler;
import dev.belfry.agent.client.RunResult;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.workflow.SubTask;
import dev.belfry.core.workflow.SubTaskResult;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the queue on agents as a service embeds them, and a real server: with the threads and the contexts that user code meets. */
@Timeout(120)
final class QueuedRunsOnZooKeeperTest {
    private static final Author ANNA = new Author(Author.Origin.OPERATOR, "anna", "");
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;
    private BelfryClient client;
    private final List<Agent> agents = new ArrayList<>();

    @BeforeEach
    void setUp() {
        server = EmbeddedZooKeeper.start(directory.resolve("zookeeper"));
        client = BelfryClient.connect(server.connectString(), "test");
    }

    @AfterEach
    void close() {
        agents.forEach(agent -> agent.close(CloseMode.LEAVING));
        client.close();
        server.close();
    }

    private void agents(JobHandler handler, Job job) throws Exception {
        for (String id : List.of("a1", "a2", "a3")) {
            agents.add(Agent.builder()
                    .zookeeper(server.connectString())
                    .namespace("test")
                    .id(id)
                    .slots(8)
                    .sessionTimeout(Duration.ofSeconds(4))
                    .shutdownHook(false)
                    .tellsLoad(false)
                    .handler("work", handler)
                    .waitForZooKeeper(Duration.ofSeconds(30))
                    .start());
        }
        client.apply(job.handler("work").manual().placement(Placement.QUEUED).build(), ANNA);
    }

    private String submit(String job, Map<String, String> parameters) {
        return client.submit(job, parameters, SubmitOptions.usual()).join().runId();
    }

    private RunResult result(String run) {
        return client.await(run, LONG).orElseThrow();
    }

    /** Adds up numbers, each of which a part hands on, and each hundred of which is split once more. */
    private static final class Sums implements JobHandler {
        final Set<String> began = ConcurrentHashMap.newKeySet();
        final AtomicLong total = new AtomicLong(-1);

        @Override
        public void run(JobContext context) {
            int from = Integer.parseInt(context.parameters().getOrDefault("from", "0"));
            int size = Integer.parseInt(context.parameters().get("size"));
            began.add(from + "+" + size);
            if (size == 1) {
                context.output("{\"sum\":" + from + "}");
                return;
            }
            int step = size > 100 ? 100 : 1;
            context.split(IntStream.iterate(from, n -> n < from + size, n -> n + step)
                    .mapToObj(n -> new SubTask(
                            "from-" + n, Map.of("from", Integer.toString(n), "size", Integer.toString(step))))
                    .toList());
        }

        @Override
        public void reduce(JobContext context, List<SubTaskResult> parts) {
            long sum = parts.stream()
                    .map(part -> part.output().orElseThrow())
                    .mapToLong(output -> Long.parseLong(output.replaceAll("[^0-9]", "")))
                    .sum();
            context.output("{\"sum\":" + sum + "}");
            total.set(sum);
        }
    }

    @Test
    void runIsSplitTwiceAndPutTogether() throws Exception {
        Sums sums = new Sums();
        agents(sums, Job.named("sums"));
        assertThat(result(submit("sums", Map.of("size", "300"))).outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(sums.total).hasValue(299 * 300 / 2);
        assertThat(sums.began).hasSize(1 + 3 + 300);
    }

    @Test
    void slowAttemptIsOvertakenByASecondOneAndToldToStop() throws Exception {
        Set<Long> tokens = ConcurrentHashMap.newKeySet();
        AtomicBoolean first = new AtomicBoolean(true);
        CountDownLatch stopped = new CountDownLatch(1);
        agents(
                context -> {
                    tokens.add(context.fencingToken());
                    if (first.getAndSet(false)) {
                        Awaitility.await("it is told to stop").atMost(LONG).until(context::isCancelled);
                        stopped.countDown();
                    }
                },
                Job.named("slow").backupAfter(new BackupAfter.Fixed(Duration.ofSeconds(1))));
        assertThat(result(submit("slow", Map.of())).outcome()).isEqualTo(Outcome.SUCCEEDED);
        assertThat(tokens).hasSize(2);
        assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void runThatHasFailedForGoodIsRunAgain() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        Set<String> given = ConcurrentHashMap.newKeySet();
        agents(
                context -> {
                    given.add(context.parameters().get("day"));
                    if (broken.get()) {
                        throw new IllegalStateException("the disk is full");
                    }
                },
                Job.named("load"));
        String run = submit("load", Map.of("day", "monday"));
        assertThat(result(run).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(client.deadLetters().found()).hasSize(1);
        broken.set(false);
        given.clear();
        client.rerunDeadLetter(run, new BelfryClient.Asker("anna", ""));
        Awaitility.await("it runs again").atMost(LONG).until(() -> given.equals(Set.of("monday")));
        assertThat(client.deadLetters().found()).isEmpty();
    }
}
