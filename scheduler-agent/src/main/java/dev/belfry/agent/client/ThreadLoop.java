package dev.belfry.agent.client;

import dev.belfry.agent.loop.Loop;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The loop of a client in production: one daemon thread. What an event throws is logged and ends that event alone. */
final class ThreadLoop implements Loop, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread client = new Thread(task, "belfry-client");
        client.setDaemon(true);
        return client;
    });

    @Override
    public void execute(Runnable event) {
        try {
            thread.execute(guarded(event));
        } catch (RejectedExecutionException e) {
            LOG.debug("an event came after the client was closed", e);
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Timer after(long delayNanos, Runnable event) {
        try {
            Future<?> timer = thread.schedule(guarded(event), delayNanos, TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        } catch (RejectedExecutionException e) {
            LOG.debug("a timer was set after the client was closed", e);
            return () -> {};
        }
    }

    @Override
    public long random(long bound) {
        return ThreadLocalRandom.current().nextLong(bound);
    }

    private static Runnable guarded(Runnable event) {
        return () -> {
            try {
                event.run();
            } catch (RuntimeException e) {
                LOG.error("an event of the client failed", e);
            }
        };
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
