package dev.belfry.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.LogLines;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ThreadLoopTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private final ThreadLoop loop = ThreadLoop.start("test-loop");

    @AfterEach
    void shutDown() {
        assertThat(loop.shutdown(LONG)).isTrue();
    }

    private <T> T on(java.util.function.Supplier<T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> answer.complete(question.get()));
        return answer.get(20, TimeUnit.SECONDS);
    }

    @Test
    void eventsOfEachPosterRunInOrderOnOneThread() throws Exception {
        int posters = 4;
        int each = 50_000;
        List<long[]> ran = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(posters * each);
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < posters; p++) {
            int poster = p;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < each; i++) {
                    int number = i;
                    loop.execute(() -> {
                        ran.add(new long[] {poster, number});
                        done.countDown();
                    });
                }
            });
            threads.add(thread);
            thread.start();
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        for (Thread thread : threads) {
            thread.join();
        }
        long[] next = new long[posters];
        for (long[] event : ran) {
            assertThat(event[1]).isEqualTo(next[(int) event[0]]++);
        }
    }

    @Test
    void timerWakesTheLoopNotBeforeItsTime() throws Exception {
        long set = loop.nanoTime();
        CompletableFuture<Long> ran = new CompletableFuture<>();
        loop.after(30_000_000, () -> ran.complete(loop.nanoTime()));
        assertThat(ran.get(20, TimeUnit.SECONDS) - set).isGreaterThanOrEqualTo(30_000_000);
    }

    @Test
    void timersRunInOrderWhoeverSetsThem() throws Exception {
        List<Integer> ran = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(3);
        for (int i : new int[] {3, 1, 2}) {
            Runnable event = () -> {
                ran.add(i);
                done.countDown();
            };
            if (i == 2) {
                loop.execute(() -> loop.after(i * 40_000_000L, event));
            } else {
                loop.after(i * 40_000_000L, event);
            }
        }
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).containsExactly(1, 2, 3);
    }

    @Test
    void cancelledTimerDoesNotRunFromWhicheverThread() throws Exception {
        List<String> ran = new ArrayList<>();
        CompletableFuture<Void> last = new CompletableFuture<>();
        loop.after(20_000_000, () -> ran.add("cancelled outside")).cancel();
        on(() -> {
            Loop.Timer timer = loop.after(20_000_000, () -> ran.add("cancelled inside"));
            timer.cancel();
            timer.cancel();
            return true;
        });
        loop.after(60_000_000, () -> last.complete(null));
        last.get(20, TimeUnit.SECONDS);
        assertThat(ran).isEmpty();
    }

    @Test
    void eventThatThrowsIsLoggedOnceAndTheNextOneRuns() throws Exception {
        try (LogLines log = new LogLines(ThreadLoop.class.getName())) {
            loop.execute(() -> {
                throw new IllegalStateException("first");
            });
            loop.execute(() -> {
                throw new StackOverflowError("second");
            });
            loop.after(0, () -> {
                throw new OutOfMemoryError("third");
            });
            assertThat(on(() -> "alive")).isEqualTo("alive");
            org.awaitility.Awaitility.await().until(() -> log.lines().size() == 3);
            assertThat(log.lines()).allMatch(line -> line.startsWith("ERROR an event failed"));
        }
        assertThat(on(() -> "alive")).isEqualTo("alive");
    }

    @Test
    void floodOfEventsDoesNotHoldUpATimerNorTheOtherWayRound() throws Exception {
        CompletableFuture<String> timer = new CompletableFuture<>();
        Runnable[] flood = new Runnable[1];
        flood[0] = () -> {
            if (!timer.isDone()) {
                loop.execute(flood[0]);
            }
        };
        loop.execute(flood[0]);
        loop.after(1_000_000, () -> timer.complete("ran"));
        assertThat(timer.get(20, TimeUnit.SECONDS)).isEqualTo("ran");

        CompletableFuture<String> event = new CompletableFuture<>();
        Runnable[] timers = new Runnable[1];
        timers[0] = () -> {
            if (!event.isDone()) {
                loop.after(0, timers[0]);
            }
        };
        loop.after(0, timers[0]);
        loop.execute(() -> event.complete("ran"));
        assertThat(event.get(20, TimeUnit.SECONDS)).isEqualTo("ran");
    }

    @Test
    void clocksAreTheOnesGiven() {
        AtomicLong nanos = new AtomicLong(42);
        Instant noon = Instant.parse("2026-11-22T12:00:00Z");
        ThreadLoop other = ThreadLoop.start("other", InstantSource.fixed(noon), nanos::get);
        assertThat(other.now()).isEqualTo(noon);
        assertThat(other.nanoTime()).isEqualTo(42);
        assertThat(other.shutdown(LONG)).isTrue();
    }

    @Test
    void shutDownRunsWhatWasPostedAndRefusesTheRest() throws Exception {
        ThreadLoop other = ThreadLoop.start("other");
        CountDownLatch hold = new CountDownLatch(1);
        List<String> ran = new ArrayList<>();
        other.execute(() -> awaitUninterruptibly(hold));
        other.execute(() -> other.execute(() -> ran.add("posted by an event")));
        other.after(0, () -> ran.add("a timer"));
        Thread closer = new Thread(() -> other.shutdown(LONG));
        closer.start();
        org.awaitility.Awaitility.await().until(() -> refuses(other));
        hold.countDown();
        closer.join();
        assertThat(ran).containsExactly("posted by an event");
        assertThatThrownBy(() -> other.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        other.after(0, () -> ran.add("too late")).cancel();
        assertThat(other.shutdown(Duration.ZERO)).as("idempotent").isTrue();
    }

    private static boolean refuses(ThreadLoop loop) {
        try {
            loop.execute(() -> {});
            return false;
        } catch (RejectedExecutionException e) {
            return true;
        }
    }

    @Test
    void loopThatHangsIsNamedWhenTheDeadlinePasses() throws Exception {
        ThreadLoop other = ThreadLoop.start("hanging");
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        other.execute(() -> {
            held.countDown();
            awaitUninterruptibly(hold);
        });
        held.await();
        try (LogLines log = new LogLines(ThreadLoop.class.getName())) {
            assertThat(other.shutdown(Duration.ofMillis(20))).isFalse();
            assertThat(log.lines()).singleElement().asString().contains("hanging did not end");
        }
        hold.countDown();
        assertThat(other.shutdown(LONG)).isTrue();
    }

    @Test
    void interruptNeitherEndsTheLoopNorMakesItSpin() throws Exception {
        Thread thread = on(Thread::currentThread);
        thread.interrupt();
        assertThat(on(() -> "alive")).isEqualTo("alive");
        assertThat(on(() -> Thread.currentThread().isDaemon())).isTrue();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        loop.after(5_000_000, () -> flag.complete(Thread.currentThread().isInterrupted()));
        assertThat(flag.get(20, TimeUnit.SECONDS)).isFalse();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
