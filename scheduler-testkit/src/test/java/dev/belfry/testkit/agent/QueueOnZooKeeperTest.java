package dev.belfry.testkit.agent;

import static dev.belfry.testkit.agent.Town.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.JobContext;
import dev.belfry.agent.RunHandle;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireJournal;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs from a client through a master to agents, one of which is lost, all of it on a real server. */
@Timeout(180)
final class QueueOnZooKeeperTest {
    private static final int RUNS = 500;

    private final AtomicInteger begun = new AtomicInteger();
    private final CountDownLatch midway = new CountDownLatch(RUNS / 3);

    private void work(JobContext context) throws InterruptedException {
        begun.incrementAndGet();
        midway.countDown();
        TimeUnit.MILLISECONDS.sleep(20);
        context.output("{\"n\":" + context.parameters().get("n") + "}");
    }

    /** The lines of the record by which runs of the queue were ended. */
    private static List<FireEntry> ends(Town town) throws Exception {
        List<FireEntry> lines = new ArrayList<>();
        for (String journal : town.children(Paths.JOURNAL)) {
            if (Paths.isQueueJournal(Paths.name(journal))) {
                for (String entry : town.children(journal)) {
                    FireJournal.decode(entry, town.get(entry)).stream()
                            .filter(line -> line.kind() == FireEntry.Kind.FINAL)
                            .forEach(lines::add);
                }
            }
        }
        return lines;
    }

    private static void lose(Town town, Agent agent) {
        String self = agent.status().incarnation().orElseThrow();
        town.server.expireSession(Long.parseUnsignedLong(self.substring(self.indexOf('~') + 1), 16));
    }

    /** The first agent is the master. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void everyRunSucceedsOnceAlthoughAnAgentIsLost(int lost, @TempDir Path directory) throws Exception {
        Town town = new Town(directory);
        try {
            List<Agent> agents = List.of(
                    town.start(town.builder("a1").handler("queued", this::work)),
                    town.start(town.builder("a2").handler("queued", this::work)));
            town.client.apply(
                    Job.named("load")
                            .handler("queued")
                            .manual()
                            .placement(Placement.QUEUED)
                            .build(),
                    new Author(Author.Origin.OPERATOR, "anna", ""));
            List<Map<String, String>> parameters = IntStream.range(0, RUNS)
                    .mapToObj(n -> Map.of("n", Integer.toString(n)))
                    .toList();
            List<RunHandle> runs = town.client.submitAll("load", parameters, SubmitOptions.usual()).stream()
                    .map(CompletableFuture::join)
                    .toList();
            assertThat(midway.await(60, TimeUnit.SECONDS)).isTrue();
            lose(town, agents.get(lost));
            for (RunHandle run : runs) {
                assertThat(run.outcome().get(90, TimeUnit.SECONDS).orElseThrow().succeeded())
                        .as(run.runId())
                        .isTrue();
            }
            assertThat(ends(town))
                    .allMatch(line -> line.outcome() == Outcome.SUCCEEDED)
                    .extracting(line -> line.fire().requested().orElseThrow())
                    .containsExactlyInAnyOrderElementsOf(
                            runs.stream().map(RunHandle::runId).toList());
            assertThat(begun.get()).isGreaterThanOrEqualTo(RUNS);
            await(
                    "nothing is left of them",
                    () -> assertThat(town.client.queue().segments()).isEmpty());
        } finally {
            town.leave();
        }
    }
}
