package dev.belfry.bench.worker;

import dev.belfry.bench.evidence.Fire;
import dev.belfry.bench.evidence.FireLog;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The job code of every measurement: notes its start, and stays as long as it is told.
 *
 * <p>Thread-safe. Uses nothing but the JDK, because it runs inside the peers' processes as well.
 */
public final class Handlers {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private static final long STEP_NANOS = 100_000_000;

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
        fire(due, job, shard, 0, hook -> {});
    }

    /** A fire of a scheduler that does not tell for which instant: the latest that it can have been for. */
    public void fire(int job, int shard) {
        long start = FireLog.now();
        long note = log.note(new Fire(start, start / periodMicros * periodMicros, job, shard));
        stay(note, hook -> {});
    }

    /**
     * A fire of a scheduler that tells its code when to stop.
     *
     * @param token fencing token
     * @param onCancel takes what is to be run when the code is told to stop
     */
    public void fire(Instant due, int job, int shard, long token, Consumer<Runnable> onCancel) {
        long start = FireLog.now();
        long note = log.note(new Fire(start, FireLog.micros(due), job, shard, token, 0, 0));
        stay(note, onCancel);
    }

    /**
     * Works for as long as it is told, in steps: the time in which its process is stopped is no work done. It stops at an
     * interrupt, and not at a mere signal, which it notes.
     */
    private void stay(long note, Consumer<Runnable> onCancel) {
        if (body.isZero()) {
            return;
        }
        onCancel.accept(() -> log.cancelled(note));
        try {
            for (long left = body.toNanos(); left > 0; left -= STEP_NANOS) {
                NEVER.await(Math.min(left, STEP_NANOS), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            log.cancelled(note);
            Thread.currentThread().interrupt();
        }
        log.ended(note);
    }

    /** The number of a job, from its name {@code job-NUMBER}. */
    public static int number(String job) {
        return Integer.parseInt(job.substring("job-".length()));
    }
}
