package dev.belfry.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FireCostTest {

    @Test
    void whatTheIdleClusterAsksForIsTakenOff() {
        Map<String, Double> firing = Map.of(
                "fired_per_s", 12.0,
                "store_reads_per_s", 5.0,
                "store_writes_per_s", 21.0,
                "store_checks_per_s", 4.0);
        Map<String, Double> idle = Map.of("store_reads_per_s", 1.0, "store_writes_per_s", 1.0);
        assertThat(FireCost.cost(new TreeMap<>(firing), new TreeMap<>(idle)))
                .containsEntry("fires_per_s", 2.0)
                .containsEntry("fire_reads", 2.0)
                .containsEntry("fire_writes", 10.0)
                .containsEntry("fire_checks", 2.0)
                .containsEntry("fire_operations", 12.0);
    }
}
