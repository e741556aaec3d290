package dev.belfry.bench;

import dev.belfry.core.schedule.CronExpression;
import dev.belfry.core.schedule.DstPolicy;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long the next fire of a cron expression takes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NextFireBenchmark {

    @Param({"0/5 * * * * ?", "0 0 3 * * ?", "0 15 10 ? * MON-FRI", "0 0 12 L * ?"})
    public String expression = "";

    @Param({"UTC", "Europe/Berlin"})
    public String zone = "";

    private CronExpression cron = CronExpression.parse("0 0 0 * * ?");
    private ZoneId zoneId = ZoneId.of("UTC");
    private Instant at = Instant.EPOCH;

    /** Parses once; the instant walks from fire to fire. */
    @Setup
    public void parse() {
        cron = CronExpression.parse(expression);
        zoneId = ZoneId.of(zone);
        at = Instant.parse("2026-11-22T00:00:00Z");
    }

    @Benchmark
    public Optional<Instant> next() {
        Optional<Instant> next = cron.next(at, zoneId, DstPolicy.AUTO);
        at = next.orElseThrow();
        return next;
    }
}
