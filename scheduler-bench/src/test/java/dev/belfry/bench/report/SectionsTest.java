package dev.belfry.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SectionsTest {

    private static Results results(String workload, Measure... measures) {
        return new Results(new RawFile(Map.of(RawFile.WORKLOAD, workload), List.of(measures)));
    }

    private static Measure late(String system, int repeat, double millis) {
        return new Measure(system, "100 jobs", repeat, "late_p50_ms", millis);
    }

    @Test
    void aTableHasTheMedianTheSpreadAndTheRatioToBelfry() {
        Results results = results(
                "same-instant",
                late("belfry", 1, 2),
                late("belfry", 2, 4),
                late("belfry", 3, 3),
                late("quartz", 1, 30));
        assertThat(new Sections(results).console())
                .contains("| belfry | 100 jobs | 3 (2…4) | 1 |")
                .contains("| quartz | 100 jobs | 30 | 10 |");
    }

    @Test
    void aMissedTargetIsSaidFirst() {
        Results results =
                results("same-instant", late("belfry", 1, 1), new Measure("belfry", "100 jobs", 1, "late_p99_ms", 11));
        String said = new Sections(results).console();
        assertThat(said)
                .startsWith("MISSED: 100 jobs due at the same instant: p99")
                .contains("MET: 100 jobs");
    }

    @Test
    void aPointThatWasNotReachedIsMissed() {
        Results results = results("sustained-fires", new Measure("belfry", "together 100/s", 1, "late_p99_ms", 11));
        assertThat(Target.verdicts(List.of(results))).allSatisfy(verdict -> {
            assertThat(verdict.state()).isEqualTo(Target.State.MISSED);
            assertThat(verdict.text()).contains("not reached");
        });
    }

    @Test
    void withoutBelfryNoTargetIsJudged() {
        assertThat(Target.verdicts(List.of(results("same-instant", late("quartz", 1, 1)))))
                .extracting(Target.Verdict::state)
                .containsOnly(Target.State.NOT_MEASURED);
    }

    @Test
    void theCeilingIsTheGreatestRateSustainedInEachRepeat() {
        List<Measure> measures = new ArrayList<>();
        int[][] sustained = {{1, 100, 1}, {1, 250, 1}, {1, 500, 0}, {2, 100, 1}, {2, 250, 0}, {3, 100, 0}};
        for (int[] one : sustained) {
            String point = "together " + one[1] + "/s";
            measures.add(new Measure("belfry", point, one[0], "asked_per_s", one[1]));
            measures.add(new Measure("belfry", point, one[0], "sustained", one[2]));
        }
        assertThat(Ceiling.of(results("sustained-fires", measures.toArray(Measure[]::new))))
                .containsExactly(Map.entry(new Results.Row("belfry", "together"), new Spread(100, 0, 250, 3)));
    }
}
