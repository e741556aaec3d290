package dev.belfry.testkit.agent;

import static dev.belfry.testkit.agent.Town.GARBAGE;
import static dev.belfry.testkit.agent.Town.NEWER;
import static dev.belfry.testkit.agent.Town.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.Agent;
import dev.belfry.agent.BelfryClient.Asker;
import dev.belfry.agent.client.AgentState;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.BudgetVerdict;
import dev.belfry.core.command.Command;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.ownership.ShardKey;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.testkit.zookeeper.LogLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Znodes of every kind are replaced by garbage, or by a record of a newer schema, while two agents run two jobs on a real
 * server: nothing moves, both jobs go on, and what is wrong is named.
 */
@Timeout(120)
final class ForeignRecordsTest {
    private static final Asker ANNA = new Asker("anna", "");

    @TempDir
    static Path directory;

    private static Town town;
    private static Agent first;
    private static Agent second;

    private LogLines log;
    private Map<ShardKey, String> before;

    @BeforeAll
    static void found() throws Exception {
        town = new Town(directory);
        first = town.start("a1");
        second = town.start("a2");
        town.apply("alpha");
        town.apply("beta");
        await("shards are shared", () -> {
            assertThat(first.status().shards()).isEqualTo(4);
            assertThat(second.status().shards()).isEqualTo(4);
        });
    }

    @AfterAll
    static void leave() throws Exception {
        town.leave();
    }

    @BeforeEach
    void look() {
        log = new LogLines("dev.belfry");
        before = town.owners();
    }

    @AfterEach
    void nothingMovedAndBothJobsGoOn() {
        log.close();
        town.jobGoesOn("alpha");
        town.jobGoesOn("beta");
        assertThat(town.owners()).isEqualTo(before);
    }

    private static String own(String parent) {
        return parent + "/" + second.status().incarnation().orElseThrow();
    }

    @Test
    void tableIsWrittenAnewByTheMaster() throws Exception {
        byte[] newer = town.get(Paths.ASSIGNMENTS);
        newer[0] = 2;
        for (byte[] bytes : List.of(GARBAGE, newer, new byte[0])) {
            town.put(Paths.ASSIGNMENTS, bytes);
            await(
                    "the vector is written anew",
                    () -> assertThat(town.get(Paths.ASSIGNMENTS))
                            .hasSizeGreaterThan(GARBAGE.length)
                            .startsWith((byte) 1));
        }
        assertThat(log.anyWith("ERROR", "somebody else has written /assignments"))
                .isTrue();
    }

    @Test
    void bucketsAreWrittenAnewByTheMaster() throws Exception {
        for (byte[] bytes : List.of(GARBAGE, new byte[] {2}, new byte[0])) {
            for (String bucket : town.children(Paths.ASSIGNMENTS)) {
                town.put(bucket, bytes);
            }
            await(
                    "the buckets are written anew",
                    () -> assertThat(town.owners()).isEqualTo(before));
        }
        for (String bucket : town.children(Paths.ASSIGNMENTS)) {
            town.remove(bucket);
        }
        await("the buckets are there again", () -> assertThat(town.owners()).isEqualTo(before));
        assertThat(log.anyWith("ERROR", "bucket /assignments/", "does not begin with a schema", "it is written anew"))
                .isTrue();
        assertThat(log.anyWith("ERROR", "it has schema 2")).isTrue();
    }

    @Test
    void registrationIsWrittenAgainAndItsAgentKeepsItsShards() throws Exception {
        for (byte[] bytes : List.of(GARBAGE, NEWER)) {
            town.put(own(Paths.AGENTS), bytes);
            await("both are registered", () -> {
                assertThat(town.client.agents().problems()).isEmpty();
                assertThat(town.client.agents().found()).hasSize(2);
            });
        }
        assertThat(log.anyWith("ERROR", own(Paths.AGENTS), "not JSON", "This agent writes its record again"))
                .isTrue();
        assertThat(log.anyWith("ERROR", own(Paths.AGENTS), "schema 9", "upgrade this process"))
                .isTrue();
    }

    @Test
    void handOverIsWrittenAgain() throws Exception {
        String path = own(Paths.HANDOVER);
        byte[] right = town.get(path);
        for (byte[] bytes : List.of(GARBAGE, NEWER)) {
            town.put(path, bytes);
            await("it is as it was", () -> assertThat(town.get(path)).isEqualTo(right));
        }
        assertThat(log.anyWith("ERROR", "hand-over ignored: " + path)).isTrue();
    }

    @Test
    void heartbeatIsOverwrittenByTheNextOne() throws Exception {
        town.put(own(Paths.HEARTBEATS), GARBAGE);
        await(
                "both heartbeats can be read",
                () -> assertThat(town.client.agents().found())
                        .hasSize(2)
                        .allSatisfy(agent -> assertThat(agent.heartbeat()).isPresent()));
    }

    @Test
    void epochThatCannotBeReadLeavesEverythingAsItIsUntilItIsRestored() throws Exception {
        for (byte[] bytes : List.of(GARBAGE, NEWER)) {
            byte[] right = town.get(Paths.EPOCH);
            town.put(Paths.EPOCH, bytes);
            await("nobody is master", () -> {
                assertThat(first.status().master() || second.status().master()).isFalse();
                assertThat(log.anyWith("ERROR", "nobody can be master", Paths.EPOCH, "docs/operations.md"))
                        .isTrue();
            });
            assertThat(town.client.agents().found()).hasSize(2);
            assertThat(town.client.agents().problems())
                    .singleElement()
                    .asString()
                    .startsWith(Paths.EPOCH);
            town.jobGoesOn("alpha");
            town.put(Paths.EPOCH, right);
            await(
                    "there is a master",
                    () -> assertThat(first.status().master() || second.status().master())
                            .isTrue());
        }
    }

    @Test
    void drainsThatCannotBeReadAreNotWrittenOver() throws Exception {
        byte[] right = town.get(Paths.DRAINS);
        for (byte[] bytes : List.of(GARBAGE, NEWER)) {
            town.put(Paths.DRAINS, bytes);
            Command refused = town.client.drain("a2", ANNA);
            assertThat(refused.result()).hasValueSatisfying(result -> {
                assertThat(result.accepted()).isFalse();
                assertThat(result.text()).contains("who is drained cannot be read: " + Paths.DRAINS);
            });
            assertThat(town.client.agents().found()).extracting(AgentState::id).containsExactly("a1", "a2");
            assertThat(town.client.agents().problems()).hasSize(1);
            assertThat(town.get(Paths.DRAINS)).isEqualTo(bytes);
        }
        town.put(Paths.DRAINS, right);
        await(
                "drains can be read",
                () -> assertThat(town.client.undrain("a2", ANNA).result())
                        .hasValueSatisfying(
                                result -> assertThat(result.accepted()).isTrue()));
    }

    @Test
    void budgetThatCannotBeReadRefusesNothingAndIsNamed() throws Exception {
        Budget tight = new Budget(Map.of(Quantity.WRITES, 1L), 0, "anna", "");
        JobDefinition more = Job.named("more").handler("work").manual().build();
        JobDefinition large =
                Job.named("large").every(Duration.ofSeconds(1)).shards(9).build();
        town.client.setBudget(tight);
        assertThat(town.client.judge(List.of(large)).refused()).containsOnlyKeys("large");
        for (byte[] bytes : List.of(GARBAGE, NEWER, new byte[0])) {
            town.put(Paths.BUDGET, bytes);
            BudgetVerdict verdict = town.client.judge(List.of(large));
            assertThat(verdict.refused()).isEmpty();
            assertThat(verdict.problems())
                    .singleElement()
                    .asString()
                    .startsWith(Paths.BUDGET)
                    .contains("No definition is refused meanwhile");
            assertThatThrownBy(town.client::budget).isInstanceOf(CorruptRecordException.class);
            assertThat(town.client.apply(more, new Author(Author.Origin.OPERATOR, "anna", "")))
                    .isNotInstanceOf(Applied.Refused.class);
            assertThat(log.anyWith("WARN", Paths.BUDGET, "No definition is refused meanwhile"))
                    .isTrue();
        }
        town.client.setBudget(tight);
        assertThat(town.client.budget()).isEqualTo(tight);
        town.client.setBudget(Budget.NONE);
        assertThat(town.client.budget()).isEqualTo(Budget.NONE);
        town.client.delete("more", ANNA);
        await("more has no shards", () -> assertThat(town.owners()).isEqualTo(before));
    }

    @Test
    void commandThatCannotBeReadIsPassedOver() throws Exception {
        town.create(Paths.command("rubbish"), GARBAGE);
        town.create(Paths.command("later"), NEWER);
        assertThat(town.client.trigger("beta", Optional.empty(), Map.of(), ANNA).result())
                .hasValueSatisfying(result -> assertThat(result.accepted()).isTrue());
        assertThat(town.client.commands().problems())
                .anySatisfy(problem -> assertThat(problem).contains("/commands/rubbish", "not JSON"))
                .anySatisfy(problem -> assertThat(problem).contains("/commands/later", "schema 9"));
        assertThat(log.anyWith("ERROR", "command ignored: /commands/rubbish", "Every other command is consumed"))
                .isTrue();
        town.remove(Paths.command("rubbish"));
        town.remove(Paths.command("later"));
    }

    @Test
    void ledgerIsWrittenAnewByItsOwner() throws Exception {
        String uid = town.client.job("beta").orElseThrow().record().uid();
        String path = Paths.ledgers(uid, 1) + "/0";
        for (byte[] bytes : List.of(GARBAGE, NEWER)) {
            town.put(path, bytes);
            await("it can be read", () -> {
                assertThat(town.client.ledgers(uid, 1).problems()).isEmpty();
                assertThat(town.client.ledgers(uid, 1).byShard()).hasSize(4);
            });
        }
        town.remove(path);
        await(
                "it is there",
                () -> assertThat(town.client.ledgers(uid, 1).byShard()).hasSize(4));
        assertThat(log.anyWith("ERROR", "ledger was changed by somebody else", "written anew"))
                .isTrue();
    }

    @Test
    void journalEntryThatCannotBeReadIsNamed() throws Exception {
        String writer = own(Paths.JOURNAL);
        await("there are entries", () -> assertThat(town.children(writer)).isNotEmpty());
        String entry = town.children(writer).get(0);
        town.put(entry, GARBAGE);
        town.put(writer, GARBAGE);
        await(
                "entry and counts are named",
                () -> assertThat(town.client.journal().problems())
                        .satisfiesAnyOf(
                                problems -> assertThat(problems).anyMatch(p -> p.startsWith(writer + " ")),
                                problems -> assertThat(problems).anyMatch(p -> p.startsWith(entry + " "))));
        assertThat(town.client.journal().fires()).isNotEmpty();
        town.put(writer, new byte[0]);
    }

    @Test
    void definitionThatCannotBeReadTakesNoCommandsAndHoldsUpNoOther() throws Exception {
        town.apply("gamma");
        await("gamma is owned", () -> assertThat(town.owners()).hasSize(12));
        String path = Paths.job("gamma");
        byte[] right = town.get(path);
        before.putAll(town.owners());
        for (byte[] bytes : List.of(GARBAGE, NEWER)) {
            town.put(path, bytes);
            assertThat(town.client.pause("gamma", ANNA).result()).hasValueSatisfying(result -> {
                assertThat(result.accepted()).isFalse();
                assertThat(result.text()).contains("the definition of 'gamma' cannot be read: " + path);
            });
            assertThat(town.client
                            .trigger("beta", Optional.empty(), Map.of(), ANNA)
                            .result())
                    .hasValueSatisfying(result -> assertThat(result.accepted()).isTrue());
            assertThat(log.anyWith("ERROR", "job stops", path, "Every other job goes on"))
                    .isTrue();
        }
        town.put(path, right);
        await(
                "gamma can be read",
                () -> assertThat(town.client.jobs().problems()).isEmpty());
    }

    @Test
    void definitionThatCannotBeReadStopsItsJobAloneUntilItIsRestored() throws Exception {
        String path = Paths.job("alpha");
        byte[] right = town.get(path);
        for (byte[] bytes : List.of(GARBAGE, NEWER)) {
            town.put(path, bytes);
            await(
                    "both agents say so",
                    () -> assertThat(log.lines())
                            .anyMatch(line -> line.contains("job stops: agent=a1"))
                            .anyMatch(line -> line.contains("job stops: agent=a2")));
            town.jobGoesOn("beta");
            int stands = town.count("alpha/0") + town.count("alpha/1");
            town.jobGoesOn("beta");
            assertThat(town.count("alpha/0") + town.count("alpha/1")).isEqualTo(stands);
            assertThat(log.lines()).noneMatch(line -> line.contains("This is a defect of Belfry"));
            town.put(path, right);
            town.jobGoesOn("alpha");
        }
    }
}
