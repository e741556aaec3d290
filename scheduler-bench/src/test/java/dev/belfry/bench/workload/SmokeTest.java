package dev.belfry.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.bench.peer.Contender;
import dev.belfry.bench.peer.Contenders;
import dev.belfry.bench.report.RawFile;
import dev.belfry.bench.report.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Each workload in the smallest run that shows that it measures. How fast, how late and how much of it are for a quiet machine to
 * say, and not for a test. They run side by side, because most of their time they wait.
 */
@Execution(ExecutionMode.CONCURRENT)
class SmokeTest {
    private static final Load.Losses SOON = new Load.Losses(Duration.ofSeconds(2), Duration.ofMillis(500), 0);

    @TempDir
    Path results;

    @BeforeAll
    static void shortLives() {
        System.setProperty("belfry.bench.jvm", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx128m");
        // Another measurement may be going on.
        System.setProperty("jmh.ignoreLock", "true");
    }

    private Results measured(Workload workload) throws IOException, InterruptedException {
        Options options = Options.parse(new String[] {
            "--repeats", "1", "--seconds", "1", "--warm-up", "1", "--only", "belfry", "--results", results.toString()
        });
        List<Contender> belfry = new Contenders().resolve(Set.of(Contender.BELFRY));
        RawFile raw = RawFile.read(Bench.run(workload, options, belfry));
        assertThat(raw.head()).doesNotContainKey("not measured");
        return new Results(raw);
    }

    private static double median(Results results, String point, String metric) {
        return results.of(new Results.Row(Contender.BELFRY, point), metric)
                .orElseThrow()
                .median();
    }

    private static void everyFireIsCounted(Results results, String point) {
        assertThat(median(results, point, "due")).isPositive();
        assertThat(median(results, point, "due_in_time")
                        + median(results, point, "due_late")
                        + median(results, point, "due_recorded")
                        + median(results, point, "due_lost"))
                .isEqualTo(median(results, point, "due"));
    }

    @Test
    void firesOfOneInstant() throws IOException, InterruptedException {
        Results measured = measured(new SameInstant(5));
        assertThat(measured.points()).containsExactly("5 jobs");
        assertThat(median(measured, "5 jobs", "expected")).isEqualTo(5);
        // Whether they start in time is for a quiet machine to say.
        assertThat(median(measured, "5 jobs", "fired_per_s") + median(measured, "5 jobs", "warmup_fires"))
                .isPositive();
        assertThat(median(measured, "5 jobs", "store_writes_per_s")).isPositive();
    }

    @Test
    void anAgentIsKilled() throws IOException, InterruptedException {
        Load load = Load.everySecond(2, 1, 4).losing(SOON);
        Results measured =
                measured(new KilledAgent(List.of(new KilledAgent.Point("4", load, Duration.ofMillis(500), false))));
        assertThat(median(measured, "4", "shards")).isPositive();
        assertThat(median(measured, "4", "session_end_s")).isPositive();
        assertThat(median(measured, "4", "takeover_max_ms")).isPositive();
        everyFireIsCounted(measured, "4");
    }

    @Test
    void theMasterIsKilled() throws IOException, InterruptedException {
        Load load = Load.everySecond(1, 5, 1).spreadOut().losing(SOON.with(2));
        Results measured = measured(new KilledMaster(load));
        assertThat(median(measured, "5 fires/s", "office_s")).isPositive();
        assertThat(median(measured, "5 fires/s", "moved")).isNotNegative();
        everyFireIsCounted(measured, "5 fires/s");
    }

    @Test
    void anAgentIsStopped() throws IOException, InterruptedException {
        Load load = Load.everySecond(2, 1, 2)
                .every(Duration.ofSeconds(8))
                .lasting(Duration.ofSeconds(4))
                .losing(SOON);
        Results measured = measured(new StalledAgent(load, Duration.ofSeconds(1), Duration.ofSeconds(3)));
        assertThat(median(measured, "stopped for 3 s", "under_way")).isBetween(1.0, 2.0);
        assertThat(median(measured, "stopped for 3 s", "begun_after_waking")).isNotNegative();
        assertThat(median(measured, "stopped for 3 s", "side_by_side_s")).isNotNegative();
    }

    @Test
    void theStoreIsDown() throws IOException, InterruptedException {
        Results measured = measured(new StoreDown(Load.everySecond(1, 2, 1).losing(SOON), Duration.ofSeconds(1)));
        assertThat(median(measured, "down for 1 s", "shards")).isEqualTo(2);
        assertThat(median(measured, "down for 1 s", "refire_max_s")).isPositive();
        everyFireIsCounted(measured, "down for 1 s");
    }

    @Test
    void outcomesAreExported() throws IOException, InterruptedException {
        Results measured = measured(new Export(5, 3, false));
        assertThat(median(measured, "H2 file", "rows_per_s")).isPositive();
        assertThat(median(measured, "H2 file", "lag_max_ms")).isPositive();
    }

    @Test
    void runsWithoutAnEnd() throws IOException, InterruptedException {
        Results measured = measured(new RunRate(50));
        assertThat(median(measured, "without an end", "acknowledged")).isPositive();
        assertThat(median(measured, "without an end", "lost")).isZero();
        assertThat(median(measured, "without an end", "run_operations")).isPositive();
    }

    @Test
    void runsAreSubmittedInEveryWay() throws IOException, InterruptedException {
        Results measured = measured(new RunSubmissions(List.of(
                new RunSubmissions.Way("not waiting", "pipelined", 5, 20, 1, false),
                new RunSubmissions.Way("waiting", "waiting", 5, 20, 2, true),
                new RunSubmissions.Way("batches", "batches", 5, 20, 10, true))));
        assertThat(measured.points()).containsExactly("not waiting", "waiting", "batches");
        for (String point : measured.points()) {
            assertThat(median(measured, point, "acknowledged_per_s")).isPositive();
            assertThat(median(measured, point, "lost")).isZero();
        }
    }

    @Test
    void runsThatFindNobodyBusy() throws IOException, InterruptedException {
        Results measured = measured(new RunLatency());
        assertThat(median(measured, "idle", "start_p50_ms")).isPositive();
        assertThat(median(measured, "idle", "lost")).isZero();
    }

    @Test
    void anAgentWithRunsIsKilled() throws IOException, InterruptedException {
        Results measured = measured(new RunAgentKilled(2, SOON.with(1)));
        assertThat(median(measured, "2 runs on it", "runs")).isPositive();
        assertThat(median(measured, "2 runs on it", "never_again")).isZero();
    }

    @Test
    void theMasterIsKilledWhileRunsAreQueued() throws IOException, InterruptedException {
        Results measured = measured(new RunMasterKilled(20_000, SOON.with(2)));
        assertThat(median(measured, "20000 runs queued", "queued_at_kill")).isPositive();
        assertThat(median(measured, "20000 runs queued", "lost")).isZero();
        assertThat(median(measured, "20000 runs queued", "again")).isZero();
    }

    @Test
    void runsThatAreQueuedTakeMemory() throws IOException, InterruptedException {
        Results measured = measured(new QueueMemory(100));
        assertThat(median(measured, "100 runs queued", "queued")).isEqualTo(100);
        assertThat(median(measured, "100 runs queued", "heap_mib")).isPositive();
    }

    @Test
    void partsWithoutIo() throws IOException, InterruptedException {
        Results measured = measured(new PureParts(true));
        assertThat(median(measured, "next fire 0/5 * * * * ? UTC", "ns")).isPositive();
        assertThat(median(measured, "next fire 0/5 * * * * ? UTC", "kept_bytes"))
                .isPositive();
        assertThat(median(measured, "transition", "ns")).isPositive();
    }

    @Test
    void anOptionThatIsNotKnownIsRefusedWithTheUsage() {
        assertThatThrownBy(() -> Options.parse(new String[] {"--repeat", "1"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--repeats N");
        assertThatThrownBy(() -> Options.parse(new String[] {"--only", "cron"})).hasMessageContaining("elasticjob");
    }
}
