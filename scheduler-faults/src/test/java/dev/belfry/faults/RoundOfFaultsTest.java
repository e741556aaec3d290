package dev.belfry.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.faults.cluster.Cluster;
import dev.belfry.faults.fault.Catalogue;
import dev.belfry.faults.fault.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One round of real faults in about two minutes. What this machine cannot do is skipped aloud; under {@code .ci/run}, which
 * sets {@code CI}, nothing may be skipped.
 */
final class RoundOfFaultsTest {
    @Test
    @Timeout(900)
    void everyPromiseIsKeptThroughAKillAPauseCutsASteppedClockAndAnOutageOfTheEnsemble() throws Exception {
        long seed = Long.getLong("belfry.seed", 1);
        List<Fault> faults = Stream.of(
                        "kill-master",
                        "pause-agent",
                        "cut-agent-deaf",
                        "cut-leader-from-peers",
                        "clock-ahead",
                        "lose-quorum")
                .map(Catalogue::named)
                .toList();
        System.out.println("round of faults, -Dbelfry.seed=" + seed);
        RoundReport report = Round.run(
                Path.of("target", "faults", "test-" + System.currentTimeMillis()),
                System.out,
                new Cluster.Size(4, Duration.ofSeconds(6)),
                faults,
                new Random(seed));
        System.out.println(report.summary());
        assertThat(report.violations()).as("with -Dbelfry.seed=" + seed).isEmpty();
        assertThat(report.recoveries()).hasSize(faults.size() - report.skipped().size());
        assertThat(report.proof().due()).isGreaterThan(500);
        assertThat(report.findings().executions()).isGreaterThan(500);
        if ("true".equals(System.getenv("CI"))) {
            assertThat(report.skipped())
                    .as("this machine must be able to make every fault")
                    .isEmpty();
        }
    }
}
