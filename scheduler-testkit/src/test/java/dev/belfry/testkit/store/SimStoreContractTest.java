package dev.belfry.testkit.store;

import org.junit.jupiter.api.Nested;

/** The simulated store keeps the contract, whatever the seed: each test draws another. */
class SimStoreContractTest {
    private static long seed = 1;

    @Nested
    class Stores extends StoreContract {
        @Override
        protected StoreHarness harness() {
            return new SimHarness(seed++);
        }
    }

    @Nested
    class Elections extends ElectionContract {
        @Override
        protected StoreHarness harness() {
            return new SimHarness(seed++);
        }
    }
}
