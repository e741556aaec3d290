package dev.belfry.testkit.time;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A process of a simulation. All that it does goes through {@link #execute} and {@link #schedule}, so it can be paused,
 * when everything that would happen to it is held back and comes in one burst, in order, when it is resumed; and killed,
 * after which nothing of it runs any more. A process that was killed does not come back: start another one.
 *
 * <p>Not thread-safe, like the simulation.
 */
public final class SimProcess implements Executor {

    /** A timer of the process. */
    public final class Timer {
        private final long dueNanos;
        private final Runnable task;
        private SimScheduler.@Nullable Event event;
        private boolean done;

        private Timer(long dueNanos, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = task;
        }

        /** Keeps the timer from firing, also while it is held back by a pause; without effect when it has fired. */
        public void cancel() {
            done = true;
            if (event != null) {
                event.cancel();
            }
        }

        private void arm() {
            long left = dueNanos - clock.nanoTime();
            event = scheduler.after(Math.max(0, clock.trueNanos(left)), timerLabel, this::due);
        }

        private void due() {
            if (killed || done) {
                return;
            }
            if (paused || draining) {
                held.add(this::due);
            } else if (clock.nanoTime() < dueNanos) {
                arm();
            } else {
                done = true;
                task.run();
            }
        }
    }

    private final SimScheduler scheduler;
    private final String name;
    private final String timerLabel;
    private final SimClock clock;
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private boolean paused;
    private boolean draining;
    private boolean killed;
    private int pauses;

    /** @param name unique in the simulation; it appears in the log */
    public SimProcess(SimScheduler scheduler, String name, SimClock clock) {
        this.scheduler = scheduler;
        this.name = name;
        this.timerLabel = name + " timer";
        this.clock = clock;
    }

    public String name() {
        return name;
    }

    /** The clocks of the machine that this process runs on. */
    public SimClock clock() {
        return clock;
    }

    public SimScheduler scheduler() {
        return scheduler;
    }

    /** Has {@code task} run at the present virtual time, after what is due already; never within this call. */
    @Override
    public void execute(Runnable task) {
        if (!killed) {
            scheduler.at(scheduler.nanos(), name, () -> run(task));
        }
    }

    /** Has {@code task} run once its monotonic clock has advanced by {@code delayNanos}; never within this call. */
    public Timer schedule(long delayNanos, Runnable task) {
        Timer timer = new Timer(clock.nanoTime() + Math.max(0, delayNanos), task);
        if (!killed) {
            timer.arm();
        }
        return timer;
    }

    private void run(Runnable task) {
        if (killed) {
            return;
        }
        if (paused || draining) {
            held.add(task);
        } else {
            task.run();
        }
    }

    public boolean paused() {
        return paused;
    }

    /** How often it has been paused. */
    public int pauses() {
        return pauses;
    }

    /** False once it was killed. */
    public boolean alive() {
        return !killed;
    }

    /** Stops everything in this process until {@link #resume}; its clocks run on. */
    public void pause() {
        if (!killed && !paused) {
            paused = true;
            pauses++;
            scheduler.note(name + " paused", 0);
        }
    }

    /** Lets it go on: what was held back runs now, in the order in which it came. */
    public void resume() {
        if (killed || !paused) {
            return;
        }
        paused = false;
        scheduler.note(name + " resumed", 0);
        if (!draining && !held.isEmpty()) {
            draining = true;
            scheduler.at(scheduler.nanos(), name, this::drain);
        }
    }

    // While the backlog drains, what arrives queues behind it: a pause never changes the order of things.
    private void drain() {
        draining = false;
        if (paused || killed) {
            return;
        }
        Runnable task = held.poll();
        if (task == null) {
            return;
        }
        task.run();
        if (!held.isEmpty() && !killed) {
            draining = true;
            scheduler.at(scheduler.nanos(), name, this::drain);
        }
    }

    /** Ends it at once. */
    public void kill() {
        if (!killed) {
            killed = true;
            held.clear();
            scheduler.note(name + " killed", 0);
        }
    }
}
