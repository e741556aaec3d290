package dev.belfry.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Whatever agents and masters do, every task gets one outcome, and nothing is run after its success. */
class QueueBookTest {
    private static final int SEEDS = 2_000;
    private static final int STEPS = 300;

    @Test
    void everyTaskGetsOneOutcomeWhateverHappens() {
        int withBackups = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            QueueTown town = new QueueTown(seed);
            try {
                for (int step = 0; step < STEPS; step++) {
                    town.step();
                }
                town.settle();
                withBackups += town.hadBackups() ? 1 : 0;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(withBackups).isGreaterThan(SEEDS / 2);
    }
}
