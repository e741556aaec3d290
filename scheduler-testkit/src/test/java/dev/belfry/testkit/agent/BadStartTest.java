package dev.belfry.testkit.agent;

import static dev.belfry.testkit.agent.Town.GARBAGE;
import static dev.belfry.testkit.agent.Town.NEWER;
import static dev.belfry.testkit.agent.Town.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.Agent;
import dev.belfry.agent.AgentBuilder;
import dev.belfry.agent.AgentStartException;
import dev.belfry.agent.BelfryClient.Asker;
import dev.belfry.agent.CloseMode;
import dev.belfry.core.job.Job;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.store.zk.ZkIdentity;
import dev.belfry.store.zk.ZkPassword;
import dev.belfry.testkit.zookeeper.LogLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that start where something is wrong already, on a real server: what is wrong is said, and the rest works. */
@Timeout(120)
final class BadStartTest {
    @TempDir
    Path directory;

    private Town town;
    private LogLines log;

    @BeforeEach
    void found() throws Exception {
        town = new Town(directory);
        log = new LogLines("dev.belfry");
    }

    @AfterEach
    void leave() throws Exception {
        town.leave();
        log.close();
    }

    private static ZkIdentity user(String name) {
        return new ZkIdentity.Digest(name, ZkPassword.of("secret".toCharArray()));
    }

    @Test
    void ledgersAndCheckpointsThatCannotBeReadStopTheirShardsAlone() throws Exception {
        town.apply("alpha");
        town.apply("beta");
        String ledgers =
                Paths.ledgers(town.client.job("beta").orElseThrow().record().uid(), 1);
        town.create(ledgers + "/0", GARBAGE);
        town.create(ledgers + "/1", NEWER);
        town.create(Paths.checkpoint(ledgers + "/2"), GARBAGE);
        town.start("a1");
        town.jobGoesOn("alpha");
        town.goesOn("beta/2", "beta/3");
        assertThat(town.count("beta/0") + town.count("beta/1")).isZero();
        assertThat(log.anyWith("ERROR", "shard stops until its ledger can be read", ledgers + "/0", "not JSON"))
                .isTrue();
        assertThat(log.anyWith("ERROR", "shard stops until its ledger can be read", ledgers + "/1", "schema 9"))
                .isTrue();
        town.remove(ledgers + "/0");
        town.remove(ledgers + "/1");
        town.jobGoesOn("beta");
    }

    @Test
    void definitionThatCannotBeReadStopsItsJobAloneAndNothingOfItIsTakenAway() throws Exception {
        town.apply("alpha");
        town.apply("beta");
        Agent before = town.start("a1");
        town.jobGoesOn("alpha");
        var owned = town.owners();
        assertThat(before.status().shards()).isEqualTo(8);
        before.close(CloseMode.RESTARTING);
        byte[] right = town.get(Paths.job("alpha"));
        town.put(Paths.job("alpha"), GARBAGE);
        town.start("a2");
        town.jobGoesOn("beta");
        int runs = town.count("alpha/0");
        assertThat(town.owners().keySet())
                .as("rows of a job that seems to be gone stay")
                .isEqualTo(owned.keySet());
        assertThat(log.anyWith("ERROR", "job stops: agent=a2", Paths.job("alpha"), "Every other job goes on"))
                .isTrue();
        assertThat(town.count("alpha/0")).isEqualTo(runs);
        town.put(Paths.job("alpha"), right);
        town.jobGoesOn("alpha");
    }

    @Test
    void drainsThatWereSetAsideDoNotStopTheMaster() throws Exception {
        town.start("a1").close();
        town.remove(Paths.DRAINS);
        town.apply("alpha");
        town.start("a2");
        town.jobGoesOn("alpha");
        assertThat(town.client.drain("a2", new Asker("anna", "")).result())
                .hasValueSatisfying(result -> assertThat(result.accepted()).isTrue());
        assertThat(town.client.undrain("a2", new Asker("anna", "")).result())
                .hasValueSatisfying(result -> assertThat(result.accepted()).isTrue());
    }

    @Test
    void epochFromAnOldCopyMakesNobodyMasterAndSaysWhatToDo() throws Exception {
        byte[] old = null;
        for (String id : new String[] {"a1", "a2"}) {
            Agent agent = town.start(id);
            await("it is master", () -> assertThat(agent.status().master()).isTrue());
            old = old == null ? town.get(Paths.EPOCH) : old;
            agent.close();
        }
        town.put(Paths.EPOCH, old);
        Agent third = town.start("a3");
        await(
                "it says so",
                () -> assertThat(log.anyWith("ERROR", "nobody can be master", "comes from an old copy"))
                        .isTrue());
        assertThat(third.status().master()).isFalse();
        town.put(
                Paths.EPOCH,
                "{\"v\":1,\"term\":65600,\"incarnation\":\"\",\"longestTimeout\":40000}".getBytes("UTF-8"));
        await("it is master", () -> assertThat(third.status().master()).isTrue());
    }

    @Test
    void agentThatTheTreeDoesNotLetInSaysWhoItIsAndWhatToCheck() {
        AgentBuilder owner = town.builder("a1").identity(user("agent"));
        try (Agent first = owner.start()) {
            assertThat(first.status().incarnation()).isPresent();
            for (AgentBuilder stranger :
                    new AgentBuilder[] {town.builder("a2"), town.builder("a3").identity(user("stranger"))}) {
                stranger.waitForZooKeeper(Duration.ofSeconds(1));
                assertThatThrownBy(stranger::start)
                        .isInstanceOf(AgentStartException.class)
                        .hasMessageContaining("NOAUTH")
                        .hasMessageContaining("check its ZooKeeper user, password or certificate");
            }
            assertThat(first.status().incarnation()).isPresent();
        }
    }

    @Test
    void rootThatMayNotBeCreatedIsSaidOnceWithWhatToDo() throws Exception {
        town.start("a0").close();
        town.vandal.setACL("/belfry", ZooDefs.Ids.READ_ACL_UNSAFE, -1);
        AgentBuilder newcomer = town.builder("a1").namespace("elsewhere").waitForZooKeeper(Duration.ofSeconds(6));
        assertThatThrownBy(newcomer::start)
                .isInstanceOf(AgentStartException.class)
                .hasMessageContaining("the root of the namespace is missing")
                .hasMessageContaining("setup-acls");
        assertThat(log.lines().stream().filter(line -> line.contains("cannot set up the namespace")))
                .hasSize(1);
    }

    @Test
    void treeThatIsOpenToTheWorldIsSaidLoudlyToAnAgentThatHasAnIdentity() {
        town.start("a1").close();
        assertThat(log.anyWith("WARN", "No ZooKeeper identity is configured")).isTrue();
        try (Agent second = town.builder("a2").identity(user("agent")).start()) {
            assertThat(second.id()).isEqualTo("a2");
            await(
                    "it says so",
                    () -> assertThat(log.anyWith(
                                    "WARN", "ACL of " + Paths.JOBS, "everyone may change it", "setup-acls --existing"))
                            .isTrue());
        }
    }

    @Test
    void secondAgentOfOneIdOwnsNothingAndSaysSo() {
        town.apply("alpha");
        Agent first = town.start("a1");
        town.jobGoesOn("alpha");
        try (Agent second = town.builder("a1").start()) {
            await(
                    "it says so",
                    () -> assertThat(log.anyWith("ERROR", "another live agent has the same id: agent=a1"))
                            .isTrue());
            town.jobGoesOn("alpha");
            assertThat(first.status().shards()).isEqualTo(4);
            assertThat(second.status().shards()).isZero();
        }
    }

    @Test
    void jobWithoutAHandlerAnywhereIsNamedAndWaitsForOne() {
        town.start("a1");
        town.apply("alpha");
        town.client.apply(
                Job.named("lonely").handler("nowhere").manual().build(),
                new Author(Author.Origin.OPERATOR, "anna", ""));
        await(
                "it says so",
                () -> assertThat(log.anyWith("WARN", "shard without an owner: job=lonely", "handler 'nowhere'"))
                        .isTrue());
        town.jobGoesOn("alpha");
        assertThat(town.client
                        .trigger("lonely", Optional.empty(), Map.of(), new Asker("anna", ""))
                        .result())
                .hasValueSatisfying(result -> assertThat(result.accepted()).isTrue());
        try (Agent second = town.builder("a2").handler("nowhere", context -> {}).start()) {
            await("it owns it", () -> assertThat(second.status().shards()).isPositive());
        }
    }

    @Test
    void agentThatRestartsWithinTheGraceTakesUpItsOwnShards() {
        town.client.apply(
                Job.named("alpha")
                        .handler("work")
                        .every(Duration.ofMillis(500))
                        .shards(4)
                        .rejoinGrace(Duration.ofSeconds(60))
                        .build(),
                new Author(Author.Origin.OPERATOR, "anna", ""));
        Agent first = town.start("a1");
        Agent second = town.start("a2");
        await("shards are shared", () -> {
            assertThat(first.status().shards()).isEqualTo(2);
            assertThat(second.status().shards()).isEqualTo(2);
        });
        town.jobGoesOn("alpha");
        var before = town.owners();
        assertThat(first.close(CloseMode.RESTARTING)).isTrue();
        Agent again = town.start("a1");
        await("it has its shards", () -> assertThat(again.status().shards()).isEqualTo(2));
        town.jobGoesOn("alpha");
        assertThat(second.status().shards()).isEqualTo(2);
        town.owners()
                .forEach((shard, owner) -> assertThat(owner.substring(0, 3))
                        .isEqualTo(before.get(shard).substring(0, 3)));
    }
}
