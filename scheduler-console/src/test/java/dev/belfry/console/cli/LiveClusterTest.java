package dev.belfry.console.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belfry.agent.Agent;
import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.AgentFactsCodec;
import dev.belfry.core.agent.Capacity;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.record.Paths;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands against a real server and a live agent: what is waited for, how long, and what is said of it. */
@Timeout(180)
class LiveClusterTest {
    private static final Duration WAIT = Duration.ofSeconds(60);

    @RegisterExtension
    static final ServedConsole SERVED = new ServedConsole();

    private final CountDownLatch held = new CountDownLatch(1);
    private Console console = new Console();
    private Agent agent;
    private String root = "";

    LiveClusterTest(TestInfo test) {
        agent = Agent.builder()
                .zookeeper(SERVED.server().connectString())
                .namespace(ServedConsole.namespace(test))
                .id("live")
                .sessionTimeout(Duration.ofSeconds(4))
                .handler("quick", context -> {})
                .handler("slow", context -> held.await())
                .start();
    }

    @BeforeEach
    void console(TestInfo test) throws IOException {
        console = SERVED.console(test);
        root = "/belfry/" + ServedConsole.namespace(test);
        String jobs = SERVED.file("live.yaml", """
                apiVersion: belfry/v1
                jobs:
                  - name: tick
                    trigger: {every: 1s}
                    handler: quick
                  - name: after
                    trigger: {delay: 30m}
                    handler: quick
                  - name: held
                    trigger: manual
                    handler: slow
                """);
        assertThat(console.run("", "apply", jobs)).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.out()).containsPattern("In force from 20[-0-9]+T[0-9:.]+Z on\\.");
    }

    @AfterEach
    void stop() {
        held.countDown();
        agent.close();
    }

    private void eventually(String words, String... output) {
        Awaitility.await().atMost(WAIT).untilAsserted(() -> {
            assertThat(console.line(words)).as(console.err()).isEqualTo(Exit.DONE);
            assertThat(console.out()).contains(output);
        });
    }

    private JsonNode json(String words) throws IOException {
        assertThat(console.line(words + " -o json")).as(console.err()).isEqualTo(Exit.DONE);
        return new ObjectMapper().readTree(console.out());
    }

    @Test
    void factsOfRunsAreThereForProgramsAsForPeople() throws IOException {
        eventually("get runs --job tick", "succeeded", "live");
        JsonNode runs = json("get runs --job tick --limit 100");
        JsonNode run = runs.get(runs.size() - 1);
        assertThat(run.get("state").asText()).isEqualTo("succeeded");
        Instant started = Instant.parse(run.get("started").asText());
        Instant ended = Instant.parse(run.get("ended").asText());
        assertThat(run.get("tookMillis").asLong())
                .isEqualTo(Duration.between(started, ended).toMillis());
        assertThat(run.get("agents").get(0).asText()).isEqualTo("live");
        JsonNode shard =
                json("describe run " + run.get("run").asText()).get("shards").get("0");
        assertThat(shard.get("started").asText()).isEqualTo(started.toString());
        assertThat(shard.get("attempts").get(0).get("agent").asText()).isEqualTo("live");

        JsonNode told = json("explain tick --at " + run.get("due").asText());
        assertThat(told.get("due")).isEqualTo(run.get("due"));
        assertThat(told.get("version").get("number").asInt()).isEqualTo(1);
        JsonNode standing = told.get("shards").get(0);
        assertThat(standing.get("outcome").asText()).isEqualTo("succeeded");
        assertThat(standing.get("owner").asText()).startsWith("live~");
        assertThat(standing.get("since").asText()).matches("[0-9]+\\.[0-9]+");
        assertThat(standing.get("attempts").get(0).get("token").asText()).matches("[0-9]+");
        assertThat(json("verify").get("to").asText()).matches("[-0-9]+T[0-9:]+(\\.[0-9]{3})?Z");
    }

    @Test
    void forecastSaysWhatALossWouldBringAndWritesNothing() throws IOException {
        eventually("get shards --job tick", "live");
        eventually("get shards --job held", "live");
        JsonNode shards = json("get shards");
        assertThat(console.line("simulate lose live")).isEqualTo(Exit.NO);
        assertThat(console.out())
                .contains(
                        "3 shards have no owner then:",
                        "Nobody can take shard 0 of job 'tick'",
                        "tick: 1 shard stands still until an agent is there that can take it")
                .doesNotContain("Until another owner is there", "get another owner");
        assertThat(console.line("simulate lose live -o json")).isEqualTo(Exit.NO);
        JsonNode lost = new ObjectMapper().readTree(console.out());
        assertThat(lost.get("withoutOwnerMillis").asLong()).isEqualTo(4_000);
        assertThat(lost.get("unplaced")).hasSize(3);
        assertThat(lost.get("late")).isEmpty();
        assertThat(lost.get("standing").get("tick").asInt()).isEqualTo(1);
        assertThat(lost.get("agents").get(0).get("shardsAfter").asInt()).isZero();
        assertThat(console.line("simulate add 2")).isEqualTo(Exit.DONE);
        assertThat(console.out())
                .contains("What falls due while a shard is handed over runs late, after the hand-over, and none");
        JsonNode added = json("simulate add 2");
        assertThat(added.get("moves")).hasSize(2);
        assertThat(added.get("agents"))
                .hasSize(3)
                .allSatisfy(
                        agent -> assertThat(agent.get("shardsAfter").asInt()).isEqualTo(1));
        String file = SERVED.file(
                "wide.yaml",
                "apiVersion: belfry/v1\njobs:\n  - name: tick\n    trigger: {every: 1s}\n    handler: quick\n    shards: 5\n");
        assertThat(console.line("simulate apply " + file)).isEqualTo(Exit.DONE);
        assertThat(console.out())
                .containsPattern("JOB +LAYOUT +SHARD +FROM +TO")
                .contains("What the old layout still owes then is recorded as superseded.");
        JsonNode applied = json("simulate apply " + file);
        assertThat(applied.get("agents").get(0).get("shardsAfter").asInt()).isEqualTo(7);
        assertThat(console.line("simulate lose lvie")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("did you mean 'live'?");
        assertThat(json("get shards")).isEqualTo(shards);
    }

    @Test
    void runIsCancelledByItsIdOrItsInstantAndNothingElseIs() throws IOException {
        assertThat(console.line("trigger held --key one")).isEqualTo(Exit.DONE);
        eventually("get runs --job held", "running");
        assertThat(console.line("cancel held two")).isEqualTo(Exit.NO);
        assertThat(console.out()).contains("has no run 'two'");
        String run = json("get runs --job held").get(0).get("run").asText();
        assertThat(console.line("cancel held " + run)).as(console.err()).isEqualTo(Exit.DONE);
        eventually("get runs --job held", "cancelled");
        assertThat(console.line("cancel held " + run)).as("a repeat").isEqualTo(Exit.DONE);
        assertThat(console.line("cancel tick tomorrow")).isEqualTo(Exit.NO);
    }

    @Test
    void shardsThatHaveRecordedNothingAreDescribedWithTheirOwner() throws IOException {
        eventually("get shards", "live");
        eventually("describe job held", "no fire yet", "live");
        assertThat(console.out()).containsPattern("0 +live +no fire yet");
        JsonNode shard = json("describe job held").get("shards").get("0");
        assertThat(shard.get("owner").asText()).isEqualTo("live");
        assertThat(shard.get("finalUpTo").isNull()).isTrue();
        assertThat(json("get shards").get(0).get("next").isNull()).isTrue();
        assertThat(console.line("trigger held --key one")).isEqualTo(Exit.DONE);
        eventually("get runs --job held", "running", " so far");
        assertThat(console.out()).doesNotContain("in ");
    }

    @Test
    void aJobIsDeletedOnceHoweverOftenThatIsAskedFor() {
        assertThat(console.line("delete job after")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.line("delete job after --no-wait")).as(console.err()).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains("job 'after' was deleted already");
        assertThat(console.line("delete job never-there")).isEqualTo(Exit.NO);
    }

    @Test
    void nextFireOfADelayIsWhatTheLedgerAnnounces() throws IOException {
        eventually("get runs --job after", "succeeded");
        eventually("get jobs", "in 29m");
        assertThat(json("get jobs").get(0).get("next").asText()).matches("20.*Z");
        assertThat(console.line("explain after")).isEqualTo(Exit.DONE);
        assertThat(console.out()).contains(", the delay after the end of the one before.");
        String slow = SERVED.file(
                "slow.yaml",
                "apiVersion: belfry/v1\njobs:\n  - name: endless\n    trigger: {delay: 1h}\n    handler: slow\n");
        assertThat(console.run("", "apply", slow)).isEqualTo(Exit.DONE);
        eventually("get runs --job endless", "running");
        eventually("get jobs", "after run");
    }

    @Test
    void pauseIsWaitedForUntilItIsInForceAndExplainedMeanwhile() throws IOException {
        eventually("get shards --job tick", "live");
        assertThat(console.line("pause tick --no-wait --reason full")).isEqualTo(Exit.DONE);
        assertThat(console.line("explain tick")).isEqualTo(Exit.DONE);
        assertThat(console.out())
                .contains("Version 1, in force from")
                .contains("Version 2, written at ")
                .contains("(full), comes into force at ")
                .contains("paused, so that nothing is due under it");
        Instant begun = Instant.now();
        JsonNode resumed = json("resume tick");
        Instant from = Instant.parse(resumed.get("from").asText());
        assertThat(from).isAfter(begun).isBefore(Instant.now().plusMillis(500));
        assertThat(resumed.get("notTakenUpBy")).isEmpty();
        assertThat(console.err()).contains("waiting until " + from + ", when it comes into force");
    }

    @Test
    void whoHasNotTakenADeletionUpIsNamedOnce() throws Exception {
        String ghost = root + Paths.agent(Incarnation.of("ghost", 5).name());
        ZooKeeper zk = new ZooKeeper(SERVED.server().connectString(), 30_000, event -> {});
        try {
            zk.create(ghost, facts(), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            CompletableFuture<Integer> deletion = CompletableFuture.supplyAsync(() -> console.line("delete job tick"));
            Awaitility.await()
                    .atMost(WAIT)
                    .until(() ->
                            console.err().contains("for agent ghost to take it up or to be gone, at most until 20"));
            assertThat(deletion).isNotDone();
            zk.delete(ghost, -1);
            assertThat(deletion.get(60, TimeUnit.SECONDS)).isEqualTo(Exit.DONE);
            assertThat(console.err().lines()).hasSize(1);
            assertThat(console.out()).contains("In force from 20");
        } finally {
            zk.close();
        }
    }

    private static byte[] facts() {
        return AgentFactsCodec.encode(new AgentFacts(
                Incarnation.of("ghost", 5),
                "host",
                1,
                Optional.empty(),
                Set.of("quick"),
                Map.of(),
                Optional.empty(),
                new Capacity(1, 1, 1),
                true,
                Duration.ofSeconds(4),
                1,
                1,
                "2026a",
                Instant.EPOCH,
                false));
    }

    @Test
    void shardsThatHoldARunUpAreNamedWithTheirOwners() {
        eventually("get shards --job held", "live");
        assertThat(console.line("trigger held --wait --timeout 5s")).isEqualTo(Exit.NO);
        assertThat(console.err())
                .contains("waiting for 1 shard: 0 (live), at most until 20")
                .contains("has not ended within 5s; it goes on, on 1 shard: 0 (live)");
    }

    @Test
    void agentThatIsNotKnownIsNeitherDrainedNorUndrained() {
        for (String verb : List.of("drain", "undrain")) {
            assertThat(console.line(verb + " lve")).as(verb).isEqualTo(Exit.NO);
            assertThat(console.err()).contains("no agent 'lve' is registered (there is live); did you mean 'live'?");
        }
        assertThat(console.line("drain live")).as(console.err()).isEqualTo(Exit.DONE);
        agent.close();
        Awaitility.await().atMost(WAIT).untilAsserted(() -> {
            assertThat(console.line("get agents -o json")).isEqualTo(Exit.DONE);
            assertThat(console.out()).doesNotContain("live");
        });
        // Drained and gone: it may be let back before it returns. Without a master that waits.
        assertThat(console.line("undrain live")).isEqualTo(Exit.NO);
        assertThat(console.err()).contains("waiting for an agent to become master to take it up, at most until 20");
        assertThat(console.out()).contains("no master has taken it up yet");
    }

    @Test
    void planOfOtherShardsSaysWhatBecomesOfThem() throws IOException {
        eventually("get shards --job tick", "live");
        String more = SERVED.file(
                "more.yaml",
                "apiVersion: belfry/v1\njobs:\n  - name: tick\n    trigger: {every: 1s}\n    handler: quick\n    shards: 3\n");
        assertThat(console.run("", "plan", more)).isEqualTo(Exit.DONE);
        assertThat(console.out())
                .contains("tick: 1 old shard is let go of by live once the change is in force; then 3 new shards are"
                        + " granted: 3 to live")
                .doesNotContain("nobody can take", "older layout");
    }
}
