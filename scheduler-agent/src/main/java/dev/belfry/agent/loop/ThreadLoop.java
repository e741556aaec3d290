package dev.belfry.agent.loop;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of a role in production: one thread, a queue of events and a heap of timers.
 *
 * <p>An event that throws, an {@link Error} included, is logged once, and the next one runs. Events may be posted and
 * timers set and cancelled from any thread. The queue has no bound of its own: those who post bound what they post. The
 * store answers each request once; user code is represented by at most a handful of events for each attempt at a time.
 *
 * <p>Thread-safe.
 */
public final class ThreadLoop implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadLoop.class);

    /** Events run between two looks at the timers, and timers between two looks at the events: neither starves the other. */
    private static final int BATCH = 64;

    private enum State {
        RUNNING,
        /** Runs what has been posted; takes nothing more. */
        CLOSING,
        CLOSED
    }

    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final TimerHeap timers = new TimerHeap();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile State state = State.RUNNING;
    /** Whether the thread is about to sleep: whoever posts has to wake it. */
    private volatile boolean asleep;

    private ThreadLoop(String name, InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** A running loop on the clocks of the machine. */
    public static ThreadLoop start(String name) {
        return start(name, InstantSource.system(), System::nanoTime);
    }

    /**
     * A running loop.
     *
     * @param name of its thread
     * @param clock the wall clock
     * @param nanos the monotonic clock; the loop sleeps in real time, so one that runs faster makes timers late
     */
    public static ThreadLoop start(String name, InstantSource clock, LongSupplier nanos) {
        ThreadLoop loop = new ThreadLoop(name, clock, nanos);
        loop.thread.start();
        return loop;
    }

    @Override
    public long nanoTime() {
        return nanos.getAsLong();
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public long random(long bound) {
        return ThreadLocalRandom.current().nextLong(bound);
    }

    /** Whether the caller runs on this loop. */
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /**
     * Posts an event.
     *
     * @throws RejectedExecutionException if the loop has been shut down
     */
    @Override
    public void execute(Runnable event) {
        if (state != State.RUNNING && !(state == State.CLOSING && isCurrent())) {
            throw new RejectedExecutionException(thread.getName() + " has been shut down");
        }
        events.add(event);
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    /** Sets a timer. One that is set after the loop was shut down never runs. */
    @Override
    public Timer after(long delayNanos, Runnable event) {
        long due = nanoTime() + Math.max(0, delayNanos);
        SetTimer timer = new SetTimer(due, event);
        if (isCurrent()) {
            timer.set();
        } else if (state == State.RUNNING) {
            events.add(timer::set);
            if (asleep) {
                LockSupport.unpark(thread);
            }
        }
        return timer;
    }

    private final class SetTimer implements Timer, Runnable {
        private final long due;
        private final Runnable event;
        private volatile boolean cancelled;
        /** Touched by the loop's thread alone. */
        private TimerHeap.@Nullable Entry entry;

        SetTimer(long due, Runnable event) {
            this.due = due;
            this.event = event;
        }

        void set() {
            if (!cancelled) {
                entry = timers.add(due, this);
            }
        }

        @Override
        public void run() {
            if (!cancelled) {
                cancelled = true;
                event.run();
            }
        }

        @Override
        public void cancel() {
            if (cancelled) {
                return;
            }
            cancelled = true;
            if (isCurrent()) {
                forget();
            } else if (state == State.RUNNING) {
                events.add(this::forget);
            }
        }

        private void forget() {
            if (entry != null) {
                timers.remove(entry);
            }
        }
    }

    /**
     * Shuts the loop down: what has been posted still runs, timers do not. From the loop's own thread it returns at once.
     *
     * @param deadline how long to wait for what has been posted
     * @return whether its thread has ended; if not, the event that holds it is named in the log
     */
    public boolean shutdown(Duration deadline) {
        synchronized (this) {
            if (state == State.RUNNING) {
                state = State.CLOSING;
            }
        }
        LockSupport.unpark(thread);
        if (isCurrent()) {
            return false;
        }
        boolean done;
        try {
            done = ended.await(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            done = ended.getCount() == 0;
        }
        if (!done) {
            StackTraceElement[] at = thread.getStackTrace();
            LOG.error(
                    "{} did not end within {}; it is at {}", thread.getName(), deadline, at.length == 0 ? "?" : at[0]);
        }
        return done;
    }

    private void run() {
        try {
            while (state == State.RUNNING) {
                if (runTimers(BATCH) + runEvents(BATCH) == 0) {
                    sleep();
                }
            }
            while (runEvents(BATCH) > 0) {
                // An event may post another, as long as it is this thread that posts.
            }
        } finally {
            state = State.CLOSED;
            timers.clear();
            ended.countDown();
        }
    }

    private int runTimers(int most) {
        long now = nanoTime();
        int count = 0;
        while (count < most) {
            TimerHeap.Entry due = timers.poll(now);
            if (due == null) {
                break;
            }
            count++;
            run(due.event());
        }
        return count;
    }

    private int runEvents(int most) {
        int count = 0;
        while (count < most) {
            Runnable event = events.poll();
            if (event == null) {
                break;
            }
            count++;
            run(event);
        }
        return count;
    }

    private void sleep() {
        asleep = true;
        try {
            long nanosLeft = timers.nanosToFirst(nanoTime());
            if (events.isEmpty() && nanosLeft > 0 && state == State.RUNNING) {
                // An interrupt would make every park return at once; nobody has a reason to send one.
                Thread.interrupted();
                LockSupport.parkNanos(this, nanosLeft);
            }
        } finally {
            asleep = false;
        }
    }

    private static void run(Runnable event) {
        try {
            event.run();
        } catch (Throwable failure) {
            report(failure);
        }
    }

    private static void report(Throwable failure) {
        try {
            LOG.error("an event failed; the loop goes on. This is a defect of Belfry: report it", failure);
        } catch (Throwable unreportable) {
            // No memory to say so, or a log that throws: the loop is worth more than the message.
            return;
        }
    }
}
