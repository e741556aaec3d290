package dev.belfry.agent.exec;

import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the cancel hooks of attempts: those of one attempt in order on a thread of their own, so that a hook that hangs
 * holds up nothing but those behind it.
 */
final class CancelHooks {
    private static final Logger LOG = LoggerFactory.getLogger(CancelHooks.class);

    private final String threads;
    private final int most;
    private final AtomicInteger running = new AtomicInteger();

    /**
     * @param threads what the names of the threads begin with
     * @param most threads at once; more are there only if hooks hang
     */
    CancelHooks(String threads, int most) {
        this.threads = threads;
        this.most = most;
    }

    /** Runs the hooks of an attempt that was told to stop. Returns at once. */
    void start(Attempt attempt, Deque<Runnable> hooks) {
        if (hooks.isEmpty()) {
            return;
        }
        if (running.incrementAndGet() > most) {
            running.decrementAndGet();
            LOG.error(
                    "cancel hooks are not run: {}; {} threads hang in hooks: see a thread dump",
                    AttemptLog.name(attempt),
                    most);
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        AttemptMarks.set(attempt.task());
                        hooks.forEach(hook -> run(attempt, hook));
                    } finally {
                        running.decrementAndGet();
                    }
                },
                threads + "-cancel " + attempt.task().job().name());
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError noThread) {
            running.decrementAndGet();
            LOG.error("cancel hooks are not run: {}; no thread can be had", AttemptLog.name(attempt), noThread);
        }
    }

    /** Runs a hook in this thread; what it throws is logged. */
    static void run(Attempt attempt, Runnable hook) {
        try {
            hook.run();
        } catch (Throwable thrown) {
            AttemptLog.hookFailed(attempt, thrown);
        }
    }
}
