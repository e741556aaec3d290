package dev.belfry.bench;

import dev.belfry.core.ledger.LedgerCodec;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How long a full ledger takes to be encoded and decoded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LedgerCodecBenchmark {

    private final LedgerRecord ledger = ledger();
    private final byte[] bytes = LedgerCodec.encode(ledger);

    private static LedgerRecord ledger() {
        Instant due = Instant.parse("2026-11-22T10:00:00Z");
        List<RecentOutcome> recent = new ArrayList<>();
        for (int i = 0; i < LedgerRecord.MAX_RECENT; i++) {
            recent.add(new RecentOutcome(
                    due.minusSeconds(i),
                    1,
                    "",
                    Outcome.SUCCEEDED,
                    "",
                    1,
                    due.minusSeconds(i),
                    due.minusSeconds(i).plusMillis(20),
                    "agent-1~1000055226f0001"));
        }
        return new LedgerRecord(
                "agent-1~1000055226f0001",
                4711,
                1L << 21,
                due,
                List.of(),
                List.of(),
                recent,
                Optional.empty(),
                Optional.empty());
    }

    @Benchmark
    public byte[] encode() {
        return LedgerCodec.encode(ledger);
    }

    @Benchmark
    public LedgerRecord decode() {
        return LedgerCodec.decode("/ledger/00/job.1/0", bytes);
    }
}
