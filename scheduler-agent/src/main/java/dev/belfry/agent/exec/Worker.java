package dev.belfry.agent.exec;

import dev.belfry.core.shard.AttemptEnd;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread for user code. It runs the attempt that it is given, says how it ended, and waits for the next. */
final class Worker implements Runnable {

    /** Told, on the worker's own thread, that an attempt has ended and it is free again. */
    interface Owner {
        void ended(Attempt attempt, AttemptEnd end);
    }

    private static final int MOST_TRIES = 600;
    private static final long PAUSE_NANOS = 100_000_000;

    /** A thread of a pool, which is known by an object of its own. */
    private static final class PoolThread extends Thread {
        private final Object pool;

        PoolThread(Runnable task, String name, Object pool) {
            super(task, name);
            this.pool = pool;
        }
    }

    private final Owner owner;
    private final String name;
    private final Thread thread;
    private final ClassLoader loader;
    private volatile @Nullable Attempt next;
    private volatile boolean retired;

    Worker(String name, Object pool, Owner owner) {
        this.owner = owner;
        this.name = name;
        this.thread = new PoolThread(this, name, pool);
        this.loader = thread.getContextClassLoader();
        thread.setDaemon(true);
    }

    /** Whether the caller runs on a worker of this pool. */
    static boolean ofCurrentThread(Object pool) {
        return Thread.currentThread() instanceof PoolThread thread && thread.pool == pool;
    }

    /** Starts the thread with its first attempt; throws {@link OutOfMemoryError} if the machine has no thread left. */
    void start(Attempt first) {
        next = first;
        thread.start();
    }

    /** Has an idle worker run an attempt. */
    void give(Attempt attempt) {
        next = attempt;
        LockSupport.unpark(thread);
    }

    /** Ends the thread as soon as it has nothing to do. */
    void retire() {
        retired = true;
        LockSupport.unpark(thread);
    }

    Thread thread() {
        return thread;
    }

    String name() {
        return name;
    }

    @Override
    public void run() {
        for (Attempt attempt = await(); attempt != null; attempt = await()) {
            Thread.interrupted();
            AttemptEnd end = attempt.run();
            tidy();
            if (!tell(attempt, end)) {
                return;
            }
        }
    }

    /** Reports an end, which must not be lost for want of a little memory. False if the agent has closed. */
    private boolean tell(Attempt attempt, AttemptEnd end) {
        for (int tries = 1; ; tries++) {
            try {
                owner.ended(attempt, end);
                return true;
            } catch (RejectedExecutionException closed) {
                return false;
            } catch (OutOfMemoryError e) {
                if (tries == MOST_TRIES) {
                    throw e;
                }
                LockSupport.parkNanos(this, PAUSE_NANOS);
            }
        }
    }

    private @Nullable Attempt await() {
        while (true) {
            Attempt given = next;
            if (given != null) {
                next = null;
                return given;
            }
            if (retired) {
                return null;
            }
            Thread.interrupted(); // or park would return at once for ever
            LockSupport.park(this);
        }
    }

    /** Undoes what user code may have changed about its thread. */
    private void tidy() {
        if (!thread.getName().equals(name)) {
            thread.setName(name);
        }
        if (thread.getContextClassLoader() != loader) {
            thread.setContextClassLoader(loader);
        }
    }
}
