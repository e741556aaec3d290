package dev.belfry.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.JobContext;
import dev.belfry.agent.LogLines;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.shard.AttemptEnd;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signal, hooks, interrupt, abandon. */
@Timeout(60)
final class CancelTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(30);
    private LogLines log;

    @BeforeEach
    void listen() {
        log = new LogLines("dev.belfry.agent.exec");
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    /** User code that ends for nothing but {@code gate}. */
    private static void ignoreEverything(Semaphore gate) {
        gate.acquireUninterruptibly();
        Thread.interrupted();
    }

    @Test
    void signalAloneEndsCodeThatHeedsItAndTheAttemptCountsAsCancelled() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (Pool pool = new Pool(
                context -> {
                    begun.countDown();
                    while (!context.isCancelled()) {
                        Thread.onSpinWait();
                    }
                },
                1)) {
            Pool.Told told = pool.start(job -> job.timeouts(Pool.grace(LONG)));
            begun.await();
            told.stop(Reasons.OPERATOR);
            AttemptEnd end = told.end();
            assertThat(end.succeeded()).isFalse();
            assertThat(end.error()).isEqualTo("cancelled");
            assertThat(end.message()).contains(Reasons.OPERATOR);
        }
    }

    @Test
    void interruptFollowsAfterTheGrace() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (Pool pool = new Pool(
                context -> {
                    begun.countDown();
                    new Semaphore(0).acquire();
                },
                1)) {
            Pool.Told told = pool.start(job -> job.timeouts(Pool.grace(Duration.ofMillis(100))));
            begun.await();
            told.stop(Reasons.OPERATOR);
            assertThat(told.endedWithin(SHORT)).as("within the grace").isFalse();
            assertThat(told.end().error()).isEqualTo("java.lang.InterruptedException");
            assertThat(told.abandoned).isNotDone();
        }
    }

    @Test
    void interruptComesAtOnceWhenTheLeaseIsOver() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (Pool pool = new Pool(
                context -> {
                    begun.countDown();
                    new Semaphore(0).acquire();
                },
                1)) {
            Pool.Told told = pool.start(job -> job.timeouts(Pool.grace(LONG)));
            begun.await();
            told.stop(Reasons.LEASE_OVER);
            assertThat(told.end().error()).isEqualTo("java.lang.InterruptedException");
        }
    }

    @Test
    void interruptDoesNotReachTheNextAttemptOfTheThread() throws Exception {
        AtomicInteger interrupted = new AtomicInteger();
        try (Pool pool = new Pool(
                context -> {
                    if (Thread.currentThread().isInterrupted()) {
                        interrupted.incrementAndGet();
                    }
                },
                1)) {
            for (int i = 0; i < 300; i++) {
                Pool.Told told = pool.start(job -> job.timeouts(Pool.grace(Duration.ZERO)));
                Pool.Told next = pool.start();
                told.stop(Reasons.LEASE_OVER);
                told.end();
                next.end();
                interrupted.set(0);
                pool.start().end();
                assertThat(interrupted).hasValue(0);
            }
        }
    }

    @Test
    void attemptToldToStopBeforeItBeganNeverBegins() throws Exception {
        List<Long> begun = new CopyOnWriteArrayList<>();
        Semaphore gate = new Semaphore(0);
        try (Pool pool = new Pool(
                context -> {
                    begun.add(context.fencingToken());
                    gate.acquire();
                },
                1)) {
            Pool.Told first = pool.start();
            Pool.Told second = pool.start();
            second.stop(Reasons.OPERATOR);
            assertThat(second.end().message()).contains("before it began");
            second.stop(Reasons.OPERATOR);
            gate.release();
            first.end();
            first.stop(Reasons.OPERATOR);
            assertThat(begun).containsExactly(first.token);
        }
    }

    @Test
    void attemptThatIgnoresTheInterruptIsAbandonedAndReplaced() throws Exception {
        Semaphore gate = new Semaphore(0);
        AtomicBoolean hang = new AtomicBoolean(true);
        CountDownLatch begun = new CountDownLatch(1);
        try (Pool pool = new Pool(
                context -> {
                    begun.countDown();
                    if (hang.getAndSet(false)) {
                        ignoreEverything(gate);
                    }
                },
                1)) {
            Pool.Told hanging = pool.start(job -> job.timeouts(Pool.grace(SHORT)));
            begun.await();
            Pool.Told next = pool.start();
            hanging.stop(Reasons.ATTEMPT_TIMEOUT);
            assertThat(hanging.abandoned.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(next.end().succeeded())
                    .as("another thread took its place")
                    .isTrue();
            assertThat(hanging.end).isNotDone();
            assertThat(log.anyWith("WARN", "thread=test-attempt-1 stack=")).isTrue();
            gate.release();
            assertThat(hanging.end().error()).isEqualTo("cancelled");
            assertThat(pool.start().end().succeeded()).isTrue();
        }
    }

    @Test
    void poolFullOfAttemptsThatDoNotEndSaysSo() throws Exception {
        Semaphore gate = new Semaphore(0);
        AtomicInteger begun = new AtomicInteger();
        try (Pool pool = new Pool(
                context -> {
                    begun.incrementAndGet();
                    ignoreEverything(gate);
                },
                new PoolLimits(1, 10, 1))) {
            for (int i = 1; i <= 2; i++) {
                Pool.Told hanging = pool.start(job -> job.timeouts(Pool.grace(Duration.ZERO)));
                int number = i;
                Awaitility.await().until(() -> begun.get() == number);
                Pool.Told waiting = i == 2 ? pool.start() : hanging;
                hanging.stop(Reasons.OPERATOR);
                hanging.abandoned.get(20, TimeUnit.SECONDS);
                if (i == 2) {
                    assertThat(waiting.end().error()).as("one that waits").isEqualTo(Reasons.NO_THREAD);
                }
            }
            AttemptEnd refused = pool.start().end();
            assertThat(refused.error()).isEqualTo(Reasons.NO_THREAD);
            assertThat(refused.message())
                    .contains("test-attempt-1")
                    .contains("test-attempt-2")
                    .contains("restart");
            gate.release(1);
            Awaitility.await().until(() -> pool.on(pool.attempts::running) == 1);
            gate.release(10);
            assertThat(pool.start().end().succeeded()).as("there is room again").isTrue();
        }
    }

    @Test
    void hooksRunInOrderWhateverTheyThrow() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        List<String> ran = new CopyOnWriteArrayList<>();
        try (Pool pool = new Pool(
                context -> {
                    context.onCancel(() -> ran.add("first " + context.isCancelled()));
                    context.onCancel(() -> {
                        throw new StackOverflowError("hook");
                    });
                    context.onCancel(() -> {
                        ran.add(Thread.currentThread().getName());
                        done.countDown();
                    });
                    begun.countDown();
                    done.await();
                    context.onCancel(
                            () -> ran.add("late in " + Thread.currentThread().getName()));
                },
                1)) {
            Pool.Told told = pool.start();
            begun.await();
            told.stop(Reasons.OPERATOR);
            told.end();
        }
        assertThat(ran).containsExactly("first true", "test-attempt-cancel index", "late in test-attempt-1");
        assertThat(log.anyWith("WARN", "a cancel hook failed: job=index")).isTrue();
    }

    @Test
    void hookThatHangsHoldsUpNeitherTheInterruptNorOtherAttempts() throws Exception {
        Semaphore gate = new Semaphore(0);
        CountDownLatch begun = new CountDownLatch(2);
        try (Pool pool = new Pool(
                context -> {
                    context.onCancel(() -> ignoreEverything(gate));
                    begun.countDown();
                    new Semaphore(0).acquire();
                },
                2)) {
            Pool.Told one = pool.start(job -> job.timeouts(Pool.grace(SHORT)));
            Pool.Told two = pool.start(job -> job.timeouts(Pool.grace(SHORT)));
            begun.await();
            one.stop(Reasons.OPERATOR);
            two.stop(Reasons.OPERATOR);
            one.end();
            two.end();
            gate.release(10);
        }
    }

    @Test
    void hooksOfAnAttemptThatEndsByItselfAreDropped() throws Exception {
        AtomicInteger ran = new AtomicInteger();
        CompletableFuture<JobContext> seen = new CompletableFuture<>();
        try (Pool pool = new Pool(
                context -> {
                    context.onCancel(ran::incrementAndGet);
                    seen.complete(context);
                },
                1)) {
            Pool.Told told = pool.start();
            told.end();
            told.stop(Reasons.OPERATOR);
            JobContext context = seen.get();
            context.onCancel(ran::incrementAndGet);
            assertThat(context.isCancelled()).as("it has ended").isTrue();
        }
        assertThat(ran).hasValue(0);
    }
}
