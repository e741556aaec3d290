package dev.belfry.bench.worker;

import dev.belfry.bench.evidence.FireLog;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The job code of every measurement: notes its start, and stays as long as it is told.
 *
 * <p>Thread-safe. Uses nothing but the JDK, because it runs inside the peers' processes as well.
 */
public final class Handlers {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private final FireLog log;
    private final Duration body;
    private final long periodMicros;

    public Handlers(WorkerArguments arguments) {
        log = new FireLog(arguments.log());
        body = arguments.body();
        periodMicros = Math.max(1, arguments.period()) * 1_000_000L;
    }

    /** A fire whose instant the scheduler tells. */
    public void fire(Instant due, int job, int shard) {
        log.note(FireLog.now(), FireLog.micros(due), job, shard);
        stay();
    }

    /** A fire of a scheduler that does not tell for which instant: the latest that it can have been for. */
    public void fire(int job, int shard) {
        long start = FireLog.now();
        log.note(start, start / periodMicros * periodMicros, job, shard);
        stay();
    }

    private void stay() {
        if (!body.isZero()) {
            try {
                NEVER.await(body.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The number of a job, from its name {@code job-NUMBER}. */
    public static int number(String job) {
        return Integer.parseInt(job.substring("job-".length()));
    }
}
