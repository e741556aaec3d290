package dev.belfry.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.belfry.testkit.store.SiteCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Whole clusters under faults drawn from seeds: every invariant holds after every step, and after the last fault the
 * cluster heals by itself.
 *
 * <p>{@code -Dbelfry.seeds=N -Dbelfry.firstSeed=M} chooses the seeds, {@code -Dbelfry.seed=S} with the test
 * {@code oneSeed} runs one and writes its story.
 */
class SimClusterTest {
    private static final int SEEDS = Integer.getInteger("belfry.seeds", 2_000);
    private static final long FIRST = Long.getLong("belfry.firstSeed", 1);
    private static final int LAST_LINES = 60;

    private QuietLogs logs;

    @BeforeEach
    void keepQuiet() {
        logs = new QuietLogs();
    }

    @AfterEach
    void beHeardAgain() {
        logs.close();
    }

    @Test
    void everySeedKeepsTheInvariantsAndHeals() throws IOException {
        Seeds seeds = Seeds.run(FIRST, SEEDS);
        System.out.printf(
                "%d seeds from %d: %d executions of user code, %d events%n",
                SEEDS, FIRST, seeds.executions(), seeds.events());
        print(seeds.sites());
        if (!seeds.failures().isEmpty()) {
            StringBuilder text = new StringBuilder();
            for (Seeds.Failure failure : seeds.failures()) {
                text.append("seed ").append(failure.seed()).append(": ").append(failure.cause());
                text.append("\n  replay: ").append(command(failure.seed())).append('\n');
            }
            tell(seeds.failures().get(0).seed());
            fail(text.toString());
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "belfry.seed", matches = "-?\\d+")
    void oneSeed() throws IOException {
        SimCluster cluster = tell(Long.getLong("belfry.seed", 0));
        assertThat(cluster.story().lines()).noneMatch(line -> line.contains("BROKEN"));
    }

    @Test
    void theSameSeedRunsTheSame() {
        for (long seed = 1; seed <= 10; seed++) {
            SimCluster once = Seeds.retold(seed);
            SimCluster again = Seeds.retold(seed);
            assertThat(again.scheduler().logHash())
                    .as("seed " + seed)
                    .isEqualTo(once.scheduler().logHash());
            assertThat(again.story().lines()).isEqualTo(once.story().lines());
        }
        assertThat(Seeds.retold(1).scheduler().logHash())
                .isNotEqualTo(Seeds.retold(2).scheduler().logHash());
    }

    private static String command(long seed) {
        return "mvn -pl scheduler-testkit -am test -Dtest=SimClusterTest#oneSeed"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dbelfry.seed=" + seed;
    }

    private static SimCluster tell(long seed) throws IOException {
        SimCluster cluster = Seeds.retold(seed);
        List<String> lines = cluster.story().lines();
        Path file = Path.of("target", "seed-" + seed + ".txt");
        Files.createDirectories(Path.of("target"));
        Files.writeString(file, Scenario.of(seed).describe() + "\n\n" + String.join("\n", lines) + "\n");
        System.out.println(Scenario.of(seed).describe());
        lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).forEach(System.out::println);
        System.out.println("the whole story of " + lines.size() + " lines: " + file.toAbsolutePath());
        return cluster;
    }

    static void print(List<SiteCounts> sites) {
        System.out.printf(
                "%-30s %10s %8s %8s %10s %8s %8s %8s %6s%n",
                "call site", "sent", "req.lost", "rep.lost", "applied", "refused", "unavail", "indeterm", "over");
        for (SiteCounts row : sites) {
            System.out.printf(
                    "%-30s %10d %8d %8d %10d %8d %8d %8d %6d%n",
                    row.site(),
                    row.sent(),
                    row.lostBefore(),
                    row.lostAfter(),
                    row.applied(),
                    row.refused(),
                    row.unavailable(),
                    row.indeterminate(),
                    row.over());
        }
    }
}
