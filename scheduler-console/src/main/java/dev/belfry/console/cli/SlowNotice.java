package dev.belfry.console.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says something once if some work takes long. Threads: a daemon of its own, while the work goes on. */
final class SlowNotice {
    private final CountDownLatch over = new CountDownLatch(1);

    private SlowNotice() {}

    /**
     * Does some work.
     *
     * @param notice run once if the work takes longer than {@code time}; what it throws is passed over
     */
    static <T> T around(Supplier<T> work, Duration time, Runnable notice) {
        SlowNotice one = new SlowNotice();
        Thread thread = new Thread(() -> one.await(time, notice), "slow-notice");
        thread.setDaemon(true);
        thread.start();
        try {
            return work.get();
        } finally {
            one.over.countDown();
        }
    }

    private void await(Duration time, Runnable notice) {
        try {
            if (!over.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                notice.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A notice is a courtesy; the work itself says what is wrong.
            over.countDown();
        }
    }
}
