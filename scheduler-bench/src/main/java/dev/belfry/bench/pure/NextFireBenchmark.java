package dev.belfry.bench.pure;

import java.time.Instant;
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

    @Param("belfry")
    public String system = "";

    @Param({"0/5 * * * * ?", "0 0 3 * * ?", "0 15 10 ? * MON-FRI", "0 0 12 L * ?"})
    public String expression = "";

    @Param({"UTC", "Europe/Berlin"})
    public String zone = "";

    private static final long FROM = Instant.parse("2026-11-22T00:00:00Z").toEpochMilli();
    /** No scheduler gives up so soon. */
    private static final long UNTIL = Instant.parse("2066-11-22T00:00:00Z").toEpochMilli();

    private NextFire cron = millis -> millis;
    private long at;

    /** Parses once; the instant walks from fire to fire through forty years, and begins again. */
    @Setup
    public void parse() {
        cron = NextFire.parser(system).parse(expression, zone);
        at = FROM;
    }

    @Benchmark
    public long next() {
        long next = cron.after(at);
        at = next < UNTIL ? next : FROM;
        return next;
    }
}
