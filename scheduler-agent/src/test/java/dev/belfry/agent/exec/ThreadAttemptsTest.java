package dev.belfry.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.agent.LogLines;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.shard.AttemptEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Begin, queue and end of attempts, and what hostile user code can do to them: nothing. */
@Timeout(60)
final class ThreadAttemptsTest {
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

    @Test
    void userCodeRunsOnANamedDaemonThreadThatIsKept() throws Exception {
        List<Thread> threads = new ArrayList<>();
        try (Pool pool = new Pool(context -> threads.add(Thread.currentThread()), 4)) {
            for (int i = 0; i < 3; i++) {
                assertThat(pool.start().end()).isEqualTo(AttemptEnd.success());
            }
            assertThat(pool.on(pool.attempts::running)).isZero();
        }
        assertThat(Set.copyOf(threads)).singleElement().satisfies(thread -> {
            assertThat(thread.getName()).isEqualTo("test-attempt-1");
            assertThat(thread.isDaemon()).isTrue();
        });
        threads.get(0).join(20_000);
        assertThat(threads.get(0).isAlive()).as("let go by close").isFalse();
    }

    @Test
    void attemptsBeyondTheSlotsWaitAndBeginInOrder() throws Exception {
        Semaphore gate = new Semaphore(0);
        AtomicInteger most = new AtomicInteger();
        AtomicInteger now = new AtomicInteger();
        List<Long> order = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (Pool pool = new Pool(
                context -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    order.add(context.fencingToken());
                    gate.acquire();
                    now.decrementAndGet();
                },
                2)) {
            List<Pool.Told> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                all.add(pool.start());
            }
            assertThat(pool.on(pool.attempts::running)).isEqualTo(2);
            // Each of the first two has a thread of its own: which of them comes first says nothing.
            Awaitility.await().until(() -> order.size() == 2);
            for (int i = 0; i < 6; i++) {
                gate.release();
                int ended = i + 1;
                Awaitility.await()
                        .until(() -> all.stream().filter(t -> t.end.isDone()).count() == ended
                                && order.size() == Math.min(6, 2 + ended));
            }
            assertThat(order.subList(2, 6))
                    .containsExactlyElementsOf(
                            all.subList(2, 6).stream().map(t -> t.token).toList());
        }
        assertThat(most).hasValue(2);
    }

    @Test
    void attemptThatAsksForSeveralSlotsTakesThem() throws Exception {
        Semaphore gate = new Semaphore(0);
        try (Pool pool = new Pool(context -> gate.acquire(), 3)) {
            Pool.Told small = pool.start();
            Pool.Told large = pool.start(job -> job.slots(50));
            Pool.Told behind = pool.start();
            assertThat(pool.on(pool.attempts::running)).isEqualTo(1);
            gate.release();
            small.end();
            assertThat(pool.on(pool.attempts::running))
                    .as("the large one takes all")
                    .isEqualTo(1);
            gate.release(2);
            assertThat(large.end().succeeded()).isTrue();
            assertThat(behind.end().succeeded()).isTrue();
        }
    }

    @Test
    void fullQueueIsAFailureThatSaysWhatToDo() throws Exception {
        Semaphore gate = new Semaphore(0);
        try (Pool pool = new Pool(context -> gate.acquire(), new PoolLimits(1, 1, 1))) {
            pool.start();
            pool.start();
            AttemptEnd end = pool.start().end();
            assertThat(end.error()).isEqualTo(Reasons.NO_THREAD);
            assertThat(end.message()).contains("more slots");
            gate.release(2);
        }
    }

    @Test
    void missingHandlerIsAFailureThatNamesIt() throws Exception {
        try (Pool pool = new Pool(context -> {}, 1)) {
            AttemptEnd end = pool.start(job -> job.handler("elsewhere")).end();
            assertThat(end.error()).isEqualTo("no-handler");
            assertThat(end.message()).contains("elsewhere").contains("[command, work]");
        }
    }

    @Test
    void attemptDoesNotBeginWhenTheLeaseIsOver() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        Semaphore gate = new Semaphore(0);
        try (Pool pool = new Pool(
                context -> {
                    begun.incrementAndGet();
                    gate.acquire();
                },
                1)) {
            Pool.Told first = pool.start();
            Pool.Told second = pool.start();
            Awaitility.await().until(() -> begun.get() == 1);
            pool.leaseNanos = 0;
            gate.release();
            assertThat(first.end().succeeded()).isTrue();
            assertThat(second.end()).isEqualTo(AttemptEnd.notStarted());
        }
        assertThat(begun).hasValue(1);
    }

    @Test
    void whateverIsThrownIsAFailureAndTheThreadLivesOn() throws Exception {
        List<Throwable> thrown = List.of(
                new IllegalArgumentException("bad input"),
                new AssertionError("broken"),
                new OutOfMemoryError("too much"),
                new LinkageError("missing class"),
                new InterruptedException("of its own"),
                new Hostile());
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        AtomicInteger number = new AtomicInteger();
        try (Pool pool = new Pool(
                context -> {
                    threads.add(Thread.currentThread());
                    sneak(thrown.get(number.getAndIncrement()));
                },
                1)) {
            for (Throwable each : thrown) {
                AttemptEnd end = pool.start().end();
                assertThat(end.succeeded()).isFalse();
                assertThat(end.retryable()).isTrue();
                assertThat(end.error()).isEqualTo(each.getClass().getCanonicalName());
                if (!(each instanceof Hostile)) {
                    assertThat(end.message()).isEqualTo(each.getMessage());
                }
            }
        }
        assertThat(threads).hasSize(1);
        assertThat(log.lines()).hasSize(thrown.size());
        assertThat(log.lines())
                .allMatch(line -> line.contains("job=index shard=2 run=uid1@2026-11-22T12:00:00Z attempt=3"));
        assertThat(log.marks()).allMatch(marks -> "index".equals(marks.get("job")) && "3".equals(marks.get("attempt")));
    }

    /** An exception that breaks those who look at it. */
    @SuppressWarnings("serial") // never serialized
    private static final class Hostile extends Exception {
        @Override
        public String getMessage() {
            throw new IllegalStateException("from getMessage");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new StackOverflowError("from getStackTrace");
        }
    }

    @SuppressWarnings("unchecked") // the cast is erased: that is the trick
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void endlessRecursionIsAFailure() throws Exception {
        try (Pool pool = new Pool(context -> recurse(0), 1)) {
            assertThat(pool.start().end().error()).isEqualTo("java.lang.StackOverflowError");
        }
    }

    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    @Test
    void whatUserCodeDoesToItsThreadIsUndone() throws Exception {
        List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (Pool pool = new Pool(
                context -> {
                    Thread self = Thread.currentThread();
                    seen.add(self.getName() + " " + self.isInterrupted() + " " + (self.getContextClassLoader() == null)
                            + " " + org.slf4j.MDC.get("mine"));
                    self.setName("stolen");
                    self.setContextClassLoader(null);
                    org.slf4j.MDC.put("mine", "left behind");
                    self.interrupt();
                },
                1)) {
            pool.start().end();
            pool.start().end();
        }
        assertThat(seen).containsExactly("test-attempt-1 false false null", "test-attempt-1 false false null");
    }

    @Test
    void userCodeThatHoldsTheLoopUpOnlyHoldsUpItself() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        Semaphore gate = new Semaphore(0);
        try (Pool pool = new Pool(
                context -> {
                    synchronized (context) {
                        inside.countDown();
                        gate.acquire();
                    }
                },
                2)) {
            pool.start();
            Pool.Told second = pool.start();
            assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(pool.on(() -> "answers")).isEqualTo("answers");
            assertThat(second.endedWithin(SHORT)).isFalse();
            gate.release(2);
            assertThat(second.end().succeeded()).isTrue();
        }
    }

    @Test
    void closedPoolTakesNothingAndNamesWhatStillRuns() throws Exception {
        Semaphore gate = new Semaphore(0);
        try (Pool pool = new Pool(context -> gate.acquire(), 2)) {
            Pool.Told running = pool.start();
            pool.on(() -> {
                pool.attempts.close();
                return true;
            });
            assertThat(pool.start().end().message()).contains("closed");
            assertThat(pool.on(pool.attempts::stuck))
                    .singleElement()
                    .asString()
                    .contains("thread test-attempt-1 (job=index shard=2");
            gate.release();
            assertThat(running.end().succeeded()).isTrue();
        }
    }

    @Test
    void failureOfUserCodeIsTracedOnceAMinuteAndOneLineInBetween() throws Exception {
        try (Pool pool = new Pool(
                context -> {
                    throw new IllegalStateException("no\nindex");
                },
                1)) {
            pool.start().end();
            pool.start().end();
        }
        assertThat(log.lines())
                .containsExactly(
                        "WARN attempt failed: job=index shard=2 run=uid1@" + Pool.DUE + " attempt=3",
                        "WARN attempt failed: job=index shard=2 run=uid1@" + Pool.DUE
                                + " attempt=3 with java.lang.IllegalStateException: no | index; traced within the last"
                                + " minute");
        assertThat(log.traces()).isEqualTo(1);
    }

    @Test
    void failureOfABuiltInHandlerIsOneLineWithoutATrace() throws Exception {
        try (Pool pool = new Pool(
                context -> {
                    throw new IllegalStateException("exit code 3 of x: out");
                },
                1)) {
            AttemptEnd end = pool.start(job -> job.handler("command").parameter("command", "x"))
                    .end();
            assertThat(end.message()).isEqualTo("exit code 3 of x: out");
        }
        assertThat(log.lines())
                .containsExactly("WARN attempt failed: job=index shard=2 run=uid1@" + Pool.DUE
                        + " attempt=3: exit code 3 of x: out");
        assertThat(log.traces()).isZero();
    }
}
