package dev.belfry.testkit.agent;

import static dev.belfry.testkit.agent.Town.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.JobContext;
import dev.belfry.agent.submit.SubmitOptions;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.Outbox.Left;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.QueueCounts;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent on a real server runs what is written into its inbox, by a test in the place of a master. */
@Timeout(120)
final class QueuedTasksTest {
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    /** One execution as its handler saw it. */
    private record Seen(String runId, int attempt, long token, String parameters, String checkpoint) {}

    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, CountDownLatch> hanging = new ConcurrentHashMap<>();

    private void work(JobContext context) throws InterruptedException {
        seen.add(new Seen(
                context.runId(),
                context.attempt(),
                context.fencingToken(),
                context.parameters().toString(),
                context.checkpoint()
                        .map(data -> new String(data, StandardCharsets.UTF_8))
                        .orElse("")));
        context.checkpoint(("left by " + context.fencingToken()).getBytes(StandardCharsets.UTF_8));
        context.output("{\"by\":" + context.fencingToken() + "}");
        CountDownLatch end = hanging.get(context.runId());
        if (end != null) {
            end.await();
        }
        if (context.parameters().containsKey("fails")) {
            throw new IllegalStateException("as it was told");
        }
    }

    private static Inbox.Entry entry(long number, String run, Map<String, String> parameters) {
        return new Inbox.Entry(
                number,
                run,
                FireId.requested(run, NOON),
                new Inbox.Task(uid, 0, 1),
                new Inbox.Order(1, NOON, null, false, Optional.empty()),
                parameters,
                "");
    }

    private static String uid;

    private static Optional<Outbox.Report> report(Town town, String incarnation, long number) throws Exception {
        if (town.version(Paths.outbox(incarnation)) < 0) {
            return Optional.empty();
        }
        return Outbox.decode("/outbox", town.get(Paths.outbox(incarnation))).reports().stream()
                .filter(report -> report.number() == number)
                .findFirst();
    }

    private static void awaitStage(Town town, String incarnation, long number, Stage stage) {
        await(
                number + " is " + stage,
                () -> assertThat(report(town, incarnation, number))
                        .map(Outbox.Report::stage)
                        .contains(stage));
    }

    /** A master that has yet to read what there is would take entries that are not its own for leftovers. */
    private static void awaitMaster(Town town) {
        Author anna = new Author(Author.Origin.OPERATOR, "anna", "");
        Job waits = Job.named("waits").handler("nobody-has-it").manual().placement(Placement.QUEUED);
        town.client.apply(waits.build(), anna);
        town.client.submit("waits", Map.of(), SubmitOptions.usual()).join();
        await(
                "the master counts what waits",
                () -> assertThat(QueueCounts.decode(Paths.QUEUE, town.get(Paths.QUEUE))
                                .queued())
                        .isEqualTo(1));
    }

    @Test
    void tasksAreRunReportedAndCancelled(@TempDir Path directory) throws Exception {
        Town town = new Town(directory);
        try {
            Agent agent = town.start(town.builder("a1").handler("queued", this::work));
            Job job = Job.named("q")
                    .handler("queued")
                    .parameter("language", "en")
                    .timeouts(new Timeouts(null, null, null, null, TimeoutAction.CANCEL, Duration.ofMillis(200)))
                    .manual();
            town.client.apply(job.build(), new Author(Author.Origin.OPERATOR, "anna", ""));
            uid = town.client.job("q").orElseThrow().record().uid();
            String self = agent.status().incarnation().orElseThrow();

            awaitMaster(town);
            Inbox.Entry plain = entry(11, "plain", Map.of("by", "hand"));
            Inbox.Entry fails = entry(12, "fails", Map.of("fails", "yes"));
            town.create(Paths.inbox(self), new Inbox(List.of(plain, fails)).encode());
            awaitStage(town, self, 11, Stage.SUCCEEDED);
            awaitStage(town, self, 12, Stage.FAILED);
            assertThat(report(town, self, 11)).map(Outbox.Report::left).contains(Left.OUTPUT);
            assertThat(report(town, self, 12))
                    .map(Outbox.Report::reason)
                    .contains("java.lang.IllegalStateException: as it was told");

            hanging.put("hangs", new CountDownLatch(1));
            Inbox.Entry hangs = entry(14, "hangs", Map.of());
            town.put(Paths.inbox(self), new Inbox(List.of(fails, hangs)).encode());
            awaitStage(town, self, 14, Stage.STARTED);
            town.put(Paths.inbox(self), new Inbox(List.of(hangs.cancelled("operator"))).encode());
            awaitStage(town, self, 14, Stage.CANCELLED);
            assertThat(report(town, self, 11))
                    .as("the inbox does not hold it any more")
                    .isEmpty();
            assertThat(seen)
                    .containsExactlyInAnyOrder(
                            new Seen("plain", 1, 11, "{by=hand, language=en}", ""),
                            new Seen("fails", 1, 12, "{fails=yes, language=en}", ""),
                            new Seen("hangs", 1, 14, "{language=en}", ""));

            hanging.put("cut", new CountDownLatch(1));
            town.put(Paths.inbox(self), new Inbox(List.of(entry(15, "cut", Map.of()))).encode());
            awaitStage(town, self, 15, Stage.STARTED);
            town.server.expireSession(Long.parseUnsignedLong(self.substring(self.indexOf('~') + 1), 16));
            await(
                    "it is there again",
                    () -> assertThat(agent.status().incarnation())
                            .isPresent()
                            .get()
                            .isNotEqualTo(self));
            await("it has stopped", () -> assertThat(agent.status().running()).isZero());
            assertThat(report(town, self, 15))
                    .as("nobody speaks for a session that is over")
                    .map(Outbox.Report::stage)
                    .contains(Stage.STARTED);
        } finally {
            town.leave();
        }
    }
}
