package dev.belfry.core.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.Recovery;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CostModelTest {
    private static final Instant NOW = Instant.parse("2026-06-01T10:17:23Z");
    private static final Assumptions THREE = Assumptions.of(3, NOW);

    private static Job everySecond(int shards) {
        return Job.named("job").every(Duration.ofSeconds(1)).shards(shards);
    }

    private static JobCost cost(Job job, Assumptions assumptions) {
        return new CostModel(assumptions).cost(job.build());
    }

    @Test
    void arithmeticIsThatOfTheFigure() {
        JobCost cost = cost(everySecond(6), THREE);

        assertThat(cost.of(Quantity.TRANSACTIONS).least())
                .isEqualTo(new Estimate(3, "3 multis of outcomes x 1 fires/s"));
        assertThat(cost.of(Quantity.TRANSACTIONS).most())
                .isEqualTo(new Estimate(9, "3 multis of starts x 1 fires/s + 6 multis of outcomes x 1 fires/s"));
        assertThat(cost.of(Quantity.WRITES).most())
                .isEqualTo(new Estimate(
                        30,
                        "6 shards x 1 fires/s x 2 ledger writes + 9 journal writes x 1 fires/s"
                                + " + 9 journal entries removed x 1 fires/s"));
        assertThat(cost.of(Quantity.HISTORY_ROWS).least().value()).isEqualTo(6 * 86_400);
        assertThat(cost.of(Quantity.WATCHES).most().value()).isZero();
        assertThat(cost.atOnce()).isEqualTo(6);
    }

    @Test
    void runsThatAreKnownToTakeLongerThanTheWriterWaitsAreWrittenTwice() {
        JobCost cost = cost(everySecond(6), THREE.withRunTime(Duration.ofMillis(200)));
        assertThat(cost.of(Quantity.TRANSACTIONS).least().value()).isEqualTo(6);
        assertThat(cost.of(Quantity.WRITES).least().arithmetic()).startsWith("6 shards x 1 fires/s x 2 ledger writes");
    }

    @Test
    void atMostOnceTakesAClaimMore() {
        JobCost cost = cost(everySecond(6).recovery(Recovery.SKIP), THREE);
        assertThat(cost.of(Quantity.WRITES).least().arithmetic()).startsWith("6 shards x 1 fires/s x 3 ledger writes");
        assertThat(cost.of(Quantity.TRANSACTIONS).least().value()).isEqualTo(9);
    }

    @Test
    void broadcastCostsAsManyShardsAsThereAreAgents() {
        Job job = Job.named("job").every(Duration.ofSeconds(1)).placement(Placement.BROADCAST);
        for (int agents : new int[] {1, 20}) {
            assertThat(cost(job, Assumptions.of(agents, NOW))
                            .of(Quantity.WRITES)
                            .most()
                            .arithmetic())
                    .startsWith(agents + " agents x 1 fires/s x 2 ledger writes");
        }
    }

    @Test
    void jobThatIsNeverDueCostsItsZnodesAlone() {
        JobCost cost = cost(Job.named("job").manual().shards(4), THREE);
        assertThat(cost.of(Quantity.ZNODES).least())
                .isEqualTo(new Estimate(6, "1 definition + 1 parent of ledgers + 4 ledgers"));
        assertThat(cost.most(Quantity.WRITES)).isZero();
        assertThat(cost.most(Quantity.BYTES)).isZero();
        assertThat(cost.atOnce()).isZero();
    }

    @Test
    void journalHoldsNoMoreThanItHasRoomFor() {
        JobCost cost = cost(everySecond(2_000), Assumptions.of(2, NOW));
        assertThat(cost.of(Quantity.ZNODES).most().arithmetic()).contains("1,800 journal entries at most");
        assertThat(cost.of(Quantity.STORED).most().arithmetic()).contains("journals at most");
    }

    @Test
    void leastIsNeverAboveMostAndMoreOfAnythingCostsNoLess() {
        for (long seed = 1; seed <= 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int shards = 1 + random.nextInt(3_000);
            Job job = Job.named("job")
                    .every(Duration.ofMillis(100 + random.nextInt(100_000)))
                    .shards(shards)
                    .recovery(random.nextBoolean() ? Recovery.SKIP : Recovery.RERUN);
            Assumptions assumptions = Assumptions.of(1 + random.nextInt(100), NOW);
            JobDefinition smaller = job.build();
            JobDefinition larger = job.shards(shards + 1 + random.nextInt(500)).build();
            CostModel model = new CostModel(assumptions);
            for (Quantity quantity : Quantity.values()) {
                assertThat(model.cost(smaller).of(quantity).least().value())
                        .as("seed %d: %s", seed, quantity)
                        .isLessThanOrEqualTo(model.cost(smaller).most(quantity));
                assertThat(model.cost(smaller).most(quantity))
                        .as("seed %d: %s", seed, quantity)
                        .isLessThanOrEqualTo(model.cost(larger).most(quantity) + 1e-9);
            }
        }
    }

    @Test
    void numbersAreShortAndRounded() {
        assertThat(Arithmetic.number(0)).isEqualTo("0");
        assertThat(Arithmetic.number(0.000277777)).isEqualTo("0.000278");
        assertThat(Arithmetic.number(1.5)).isEqualTo("1.5");
        assertThat(Arithmetic.number(12.3456)).isEqualTo("12.35");
        assertThat(Arithmetic.number(1_234_567.8)).isEqualTo("1,234,568");
        assertThat(new Arithmetic()
                        .add(Arithmetic.of(2, "a"), Arithmetic.of(0, "b"))
                        .estimate())
                .isEqualTo(new Estimate(0, "0"));
        assertThat(new Arithmetic()
                        .add(Arithmetic.of(0.1, "a"))
                        .add(Arithmetic.of(0.2, "b"))
                        .estimate()
                        .value())
                .isCloseTo(0.3, within(1e-12));
    }
}
