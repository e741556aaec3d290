package dev.belfry.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient;
import dev.belfry.core.job.Job;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.scripts.Script.Result;
import dev.belfry.store.zk.ZkConnection;
import dev.belfry.store.zk.ZkSettings;
import dev.belfry.testkit.zookeeper.EmbeddedZooKeeper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that fire while their namespace is copied, lost and restored, on real servers and with the real scripts. */
@Timeout(240)
class RestoreTest {
    private static final int SHARDS = 6;
    private static final Duration WAIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private EmbeddedZooKeeper server;
    private final List<Agent> agents = new ArrayList<>();
    private final Tokens tokens = new Tokens();

    @BeforeEach
    void found() {
        server = EmbeddedZooKeeper.start(directory.resolve("first"));
        try (BelfryClient client = client()) {
            client.apply(
                    Job.named("tick")
                            .handler("work")
                            .every(Duration.ofMillis(300))
                            .shards(SHARDS)
                            .build(),
                    new Author(Author.Origin.OPERATOR, "anna", ""));
        }
    }

    @AfterEach
    void leave() {
        agents.forEach(Agent::close);
        server.close();
    }

    private BelfryClient client() {
        return BelfryClient.over(
                ZkConnection.open(
                        ZkSettings.builder(server.connectString(), "demo").build()),
                Duration.ofSeconds(10));
    }

    private Agent start(String id) {
        Agent agent = Agent.builder()
                .zookeeper(server.connectString())
                .namespace("demo")
                .id(id)
                .sessionTimeout(Duration.ofSeconds(4))
                .drainTimeout(Duration.ofSeconds(3))
                .shutdownHook(false)
                .waitForZooKeeper(WAIT)
                .handler("work", context -> tokens.began(context.job() + "/" + context.shard(), context.fencingToken()))
                .start();
        agents.add(agent);
        return agent;
    }

    private void stop(Agent agent) {
        agents.remove(agent);
        agent.close();
    }

    /** Until every shard has begun two attempts more. */
    private void goesOn() {
        Map<String, Integer> before = tokens.counts();
        Awaitility.await().atMost(WAIT).untilAsserted(() -> {
            assertThat(tokens.counts()).hasSize(SHARDS);
            assertThat(tokens.counts())
                    .allSatisfy((shard, count) ->
                            assertThat(count).as(shard).isGreaterThan(before.getOrDefault(shard, 0) + 1));
        });
    }

    private Result script(String name, String... arguments) {
        return Script.named(name)
                .with("BELFRY_ZOOKEEPER", server.connectString())
                .run(arguments);
    }

    private String backup(String name) {
        String file = directory.resolve(name).toString();
        Result result = script("backup", file);
        assertThat(result.code()).as(result.err()).isZero();
        return file;
    }

    /** The ensemble loses all that it has; its agents go on trying. */
    private void destroy(String next) {
        int port = server.port();
        server.close();
        server = EmbeddedZooKeeper.start(directory.resolve(next), Duration.ofMillis(200), port);
    }

    private long term() {
        try (BelfryClient client = client()) {
            return client.epoch().term();
        }
    }

    /** Restores, and sees to it that what begins afterwards does so under tokens that are above all before. */
    private void restoreAndGoOn(String file) {
        Result result = script("restore", "--replace", "--apply", file);
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).contains("is open again");
        long greatest = tokens.greatest();
        Map<String, Integer> before = tokens.counts();
        goesOn();
        assertThat(tokens.after(before)).isNotEmpty().allSatisfy(token -> {
            assertThat(token).isGreaterThan(greatest);
            assertThat(Terms.ofToken(token)).isGreaterThan(Terms.RAISE);
        });
        assertThat(tokens.regression()).isEmpty();
    }

    @Test
    void agentsThatLiveGoOnAfterARestoreAndTokensOnlyRise() {
        start("a1");
        Agent second = start("a2");
        start("a3");
        goesOn();
        String file = backup("copy");
        // What happens after the copy is what a restore forgets: an owner and a master more, and their tokens.
        stop(agents.get(0));
        goesOn();
        stop(second);
        goesOn();
        start("a4");
        destroy("second");
        restoreAndGoOn(file);
        try (BelfryClient client = client()) {
            assertThat(client.job("tick")).isPresent();
        }
    }

    /** The seed is printed with a failure: it says what happens between the restores. */
    @Test
    void theSameCopyRestoredAgainAndAgainNeverRepeatsAToken() {
        long seed = Long.getLong("belfry.seed", 4);
        Random random = new Random(seed);
        start("a1");
        goesOn();
        String file = backup("copy");
        StringBuilder story = new StringBuilder("seed " + seed);
        for (int round = 1; round <= 3; round++) {
            boolean allStopped = random.nextBoolean();
            boolean emptied = random.nextBoolean();
            story.append("; stopped=").append(allStopped).append(" emptied=").append(emptied);
            if (allStopped) {
                List.copyOf(agents).forEach(this::stop);
            }
            if (emptied) {
                destroy("round" + round);
            }
            Result result = script("restore", "--replace", "--apply", file);
            assertThat(result.code())
                    .as(story + "\n" + result.out() + result.err())
                    .isZero();
            if (allStopped) {
                start("b" + round);
            }
            goesOn();
            assertThat(tokens.regression()).as(story.toString()).isEmpty();
        }
    }

    @Test
    void firesThatWereDueMeanwhileAreSettledAndTheTreeIsInOrder() {
        start("a1");
        goesOn();
        String file = backup("copy");
        destroy("second");
        restoreAndGoOn(file);
        stop(agents.get(0));
        Result check = script("check-tree");
        assertThat(check.out()).contains("is in order");
        assertThat(term()).isGreaterThan(Terms.RAISE);
        Result dump = script("dump", Paths.EPOCH);
        assertThat(dump.code()).isZero();
    }
}
