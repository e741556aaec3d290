package dev.belfry.examples.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.BelfryClient;
import dev.belfry.agent.CheckResult;
import dev.belfry.agent.client.WorkflowRunState;
import dev.belfry.core.command.Command;
import dev.belfry.core.job.Definitions;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.version.Author;
import dev.belfry.core.workflow.WorkflowRun;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example as a workflow on agents in processes of their own: one of them is killed on the way, and then the master. */
@Timeout(400)
class WorkflowTest {
    private static final int FILES = 800;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final List<String> THINGS = List.of("lantern", "harbour", "violin", "orchard", "glacier", "compass");

    @TempDir
    Path folder;

    private final Map<String, Process> agents = new LinkedHashMap<>();
    private Path corpus;
    private Path work;

    @BeforeEach
    void write() throws IOException {
        corpus = Files.createDirectories(folder.resolve("corpus"));
        work = folder.resolve("work");
        for (int i = 0; i < FILES; i++) {
            String thing = THINGS.get(i % THINGS.size());
            Files.writeString(
                    corpus.resolve("note" + i + ".txt"),
                    "Note number" + i + " is about the " + thing + ".\n\nThe " + thing + " was seen" + i % 7 + ".\n");
        }
    }

    @AfterEach
    void end() {
        agents.values().forEach(Process::destroyForcibly);
    }

    private void start(EmbeddedZooKeeper zookeeper, String id) throws IOException {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes,
                SearchAgent.class.getName(),
                zookeeper.connectString(),
                id,
                corpus.toString(),
                work.toString(),
                // A file at a time, each kept before the next: slow enough to be killed in the middle.
                "1");
        agents.put(
                id,
                builder.redirectErrorStream(true)
                        .redirectOutput(folder.resolve(id + ".log").toFile())
                        .start());
    }

    @Test
    void resultIsThatOfOneProcessAlthoughAnAgentAndTheMasterAreKilled() throws Exception {
        try (EmbeddedZooKeeper zookeeper = EmbeddedZooKeeper.start(folder.resolve("zookeeper"));
                BelfryClient client = BelfryClient.connect(zookeeper.connectString(), SearchAgent.NAMESPACE)) {
            for (String id : List.of("a", "b", "c", "d")) {
                start(zookeeper, id);
            }
            client.awaitConnected();
            await(
                    "four agents",
                    () -> Optional.of(client.agents().found().size()).filter(count -> count == 4));
            client.apply(
                    Definitions.parse("workflow.yaml", CodeSearch.workflow()).jobsOrThrow(),
                    new Author(Author.Origin.OPERATOR, "anna", ""));
            String run = trigger(client);

            String first = await("tasks on an agent that is not the master", () -> busiest(client, master(client)));
            kill(first);
            await(
                    "its tasks elsewhere",
                    () -> Optional.of(first).filter(lost -> !holding(client).containsKey(lost)));
            assertThat(outcome(client, run)).as("the run goes on").isEmpty();
            String master = master(client);
            kill(master);

            assertThat(await("the end of the run", () -> outcome(client, run))).isEqualTo(Outcome.SUCCEEDED);
            assertThat(master(client)).as("killed: " + first + " and " + master).isNotIn(first, master);
            CheckResult check = SearchCheck.compare(work, corpus);
            assertThat(check.equal()).as(check.explanation()).isTrue();
            assertThat(check.actual()).startsWith("documents=" + FILES + " ").contains(" mrr=");
            assertThat(client.workflowRun(run)
                            .orElseThrow()
                            .run()
                            .job("evaluate")
                            .orElseThrow()
                            .progress()
                            .output())
                    .as("the score is handed on")
                    .isPresent();
        }
    }

    private static String trigger(BelfryClient client) {
        Command command =
                client.trigger("tokenise", Optional.empty(), Map.of(), new BelfryClient.Asker("anna", "a test"));
        return command.result().orElseThrow().runId();
    }

    private static Optional<Outcome> outcome(BelfryClient client, String run) {
        return client.workflowRun(run).map(WorkflowRunState::run).flatMap(WorkflowRun::outcome);
    }

    private static String master(BelfryClient client) {
        return id(client.epoch().incarnation());
    }

    private static String id(String incarnation) {
        return incarnation.substring(0, incarnation.lastIndexOf('~'));
    }

    /** How many tasks each agent holds. */
    private static Map<String, Integer> holding(BelfryClient client) {
        Map<String, Integer> holding = new LinkedHashMap<>();
        for (Map.Entry<String, Inbox> inbox : client.queue().inboxes().entrySet()) {
            int entries = inbox.getValue().entries().size();
            if (entries > 0) {
                holding.put(id(inbox.getKey()), entries);
            }
        }
        return holding;
    }

    private static Optional<String> busiest(BelfryClient client, String otherThan) {
        return holding(client).entrySet().stream()
                .filter(agent -> !agent.getKey().equals(otherThan))
                .max(Comparator.comparing(Map.Entry::getValue))
                .map(Map.Entry::getKey);
    }

    private void kill(String id) {
        Process process = agents.remove(id);
        assertThat(process).as(id).isNotNull();
        process.destroyForcibly().onExit().join();
    }

    private <T> T await(String what, Supplier<Optional<T>> look) {
        Instant deadline = Instant.now().plus(PATIENCE);
        Optional<T> found = look.get();
        while (found.isEmpty()) {
            assertThat(Instant.now()).as(what).isBefore(deadline);
            assertThat(agents.values()).as(what).allMatch(Process::isAlive);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            found = look.get();
        }
        return found.get();
    }
}
