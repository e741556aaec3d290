package dev.belfry.testkit.agent;

import static dev.belfry.testkit.agent.Town.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.BelfryClient.Asker;
import dev.belfry.agent.client.Applied;
import dev.belfry.agent.client.ClientLoop;
import dev.belfry.core.cost.Assumptions;
import dev.belfry.core.cost.Budget;
import dev.belfry.core.cost.CostModel;
import dev.belfry.core.cost.JobCost;
import dev.belfry.core.cost.Quantity;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.record.Paths;
import dev.belfry.core.version.Author;
import dev.belfry.testkit.zookeeper.LogLines;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a real server counts, held against the cost model; and agents whose jobs the budget refuses. */
@Timeout(120)
final class CostOnAServerTest {
    private static final Author ANNA = new Author(Author.Origin.OPERATOR, "anna", "");
    /** Sessions of 4 s make 1.5 heartbeats a second and agent. */
    private static final double HEARTBEATS = 2 * 1.5;

    private static final int FIRES = 100;

    @TempDir
    Path directory;

    private Town town;

    @BeforeEach
    void found() throws Exception {
        town = new Town(directory);
    }

    @AfterEach
    void leave() throws Exception {
        town.leave();
    }

    @Test
    void serverCountsWhatTheModelSays() throws Exception {
        town.start("a1");
        town.start("a2");
        JobDefinition job = Job.named("job")
                .handler("work")
                .every(Duration.ofMillis(100))
                .shards(4)
                .build();
        // A first job makes the parts that all share.
        town.apply("first");
        await("first is owned", () -> assertThat(town.owners()).hasSize(4));
        town.jobGoesOn("first");
        town.client.delete("first", new Asker("anna", ""));
        await("first has ended", () -> assertThat(town.owners()).isEmpty());
        int watches = town.server.watches();
        town.client.apply(job, ANNA);
        await("job is owned", () -> assertThat(town.owners()).hasSize(4));
        town.jobGoesOn("job");
        assertThat(town.server.watches()).isEqualTo(watches);

        long before = town.server.transactions();
        int version = version("job");
        int run = town.count("job/0");
        long start = System.nanoTime();
        await("fires", () -> assertThat(town.count("job/0")).isGreaterThan(run + FIRES));
        double seconds = (System.nanoTime() - start) / 1e9;
        double transactions = (town.server.transactions() - before) / seconds - HEARTBEATS;
        double ledgerWrites = 4 * (version("job") - version) / seconds;

        Assumptions assumptions = ClientLoop.assumptions(town.client.agents().found(), Instant.now());
        assertThat(assumptions.agents()).isEqualTo(2);
        JobCost cost = new CostModel(assumptions).cost(job);
        System.out.printf(
                "counted %.1f transactions/s and %.1f writes of ledgers/s; the model: %s to %s transactions/s%n",
                transactions,
                ledgerWrites,
                cost.of(Quantity.TRANSACTIONS).least(),
                cost.of(Quantity.TRANSACTIONS).most());
        assertThat(transactions)
                .isBetween(
                        cost.of(Quantity.TRANSACTIONS).least().value() * 0.8 - 1,
                        cost.most(Quantity.TRANSACTIONS) * 1.1 + 2);
        assertThat(ledgerWrites).isBetween(4 * 10 * 0.8, 4 * 10 * 2 * 1.1);
    }

    /** How often the ledger of the first shard was written. */
    private int version(String job) throws Exception {
        String uid = town.client.job(job).orElseThrow().record().uid();
        return town.version(Paths.ledgers(uid, 1) + "/0");
    }

    @Test
    void agentWhoseJobTheBudgetRefusesSaysSoAndAppliesItsOthers() throws Exception {
        Job large =
                Job.named("large").handler("work").every(Duration.ofMillis(100)).shards(50);
        Job small = Job.named("small").handler("work").every(Duration.ofMillis(200));
        town.start("a1");
        town.client.setBudget(new Budget(Map.of(Quantity.WRITES, 1_000L), 0, "anna", ""));
        try (LogLines log = new LogLines("dev.belfry")) {
            town.start(town.builder("a2").job(large).job(small));
            town.goesOn("small/0");
            assertThat(log.anyWith(
                            "WARN", "declared job not applied: job=large", "1,000 are allowed", "50 shards x 10"))
                    .isTrue();
        }
        assertThat(town.client.job("large")).isEmpty();
        assertThat(town.client.apply(large.build(), ANNA))
                .isInstanceOfSatisfying(
                        Applied.Refused.class,
                        refused -> assertThat(refused.why()).contains("beside", "make"));
        // Raising the budget is how an operator overrules it.
        town.client.setBudget(new Budget(Map.of(Quantity.WRITES, 10_000L), 0, "anna", ""));
        assertThat(town.client.apply(List.of(large.build()), ANNA))
                .singleElement()
                .isInstanceOf(Applied.Created.class);
    }
}
