package dev.belfry.bench.pure;

import dev.belfry.core.run.FireLifeCycle.Event;
import dev.belfry.core.run.FireState;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long one transition of a fire's life cycle takes, from the declared table. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TransitionBenchmark {
    private static final int STEPS = 6;

    /** Not final, so that nothing is computed beforehand. */
    private FireState first = FireState.WAITING;

    /** A fire that is claimed, fails, is tried again, is told to stop, and ends: a way through the whole table. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public FireState transition() {
        return first.on(Event.CLAIM)
                .on(Event.START)
                .on(Event.RETRY)
                .on(Event.START)
                .on(Event.STOP)
                .on(Event.SUCCEED);
    }
}
