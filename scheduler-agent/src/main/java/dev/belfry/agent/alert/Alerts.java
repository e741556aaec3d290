package dev.belfry.agent.alert;

import dev.belfry.core.overdue.OverdueEvent;
import dev.belfry.core.overdue.Telling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts events and passes them on to listeners, each with a thread and a bounded queue of its own, so that neither the
 * master's loop nor another listener waits for a slow one. A thread is made with the first event.
 *
 * <p>Thread-safe.
 */
public final class Alerts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

    /** Events that wait for a listener at most. */
    public static final int WAITING = 1_000;

    private final List<Line> lines = new ArrayList<>();
    private final AtomicLong fires = new AtomicLong();
    private volatile boolean closed;

    /** @param name of the agent, for the names of threads */
    public Alerts(String name, List<AlertListener> listeners) {
        for (int i = 0; i < listeners.size(); i++) {
            lines.add(new Line(listeners.get(i), "belfry-alert-" + name + "-" + i));
        }
    }

    /**
     * Passes an event on, unless its job is silenced, or it only adds fires to a cause that was told of; then it is counted
     * only. Does not block.
     */
    public void raise(OverdueEvent event) {
        fires.addAndGet(event.fires());
        if (event.silenced() || event.telling() == Telling.MORE) {
            return;
        }
        lines.forEach(line -> line.offer(event));
    }

    /** How many fires and runs the events so far speak of, those of silenced jobs included. */
    public long fires() {
        return fires.get();
    }

    /** Gives the listeners so long to pass on what waits, then interrupts them. */
    public void close(Duration patience) {
        closed = true;
        lines.forEach(Line::end);
        long deadline = System.nanoTime() + patience.toNanos();
        lines.forEach(line -> line.await(deadline));
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    /** One listener and what waits for it. */
    private final class Line {
        private final AlertListener listener;
        private final Thread thread;
        private final BlockingQueue<Runnable> waiting = new ArrayBlockingQueue<>(WAITING);
        private volatile boolean ended;
        private boolean started;
        private boolean dropping;

        Line(AlertListener listener, String name) {
            this.listener = listener;
            this.thread = new Thread(this::run, name);
            thread.setDaemon(true);
        }

        synchronized void offer(OverdueEvent event) {
            if (closed) {
                return;
            }
            boolean taken = waiting.offer(() -> tell(event));
            if (!taken && !dropping) {
                LOG.warn("{} is behind by {} events; further ones are dropped for it", listener, WAITING);
            }
            dropping = !taken;
            if (!started) {
                started = true;
                thread.start();
            }
        }

        private void run() {
            try {
                while (!ended) {
                    waiting.take().run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                listener.close();
            }
        }

        private void tell(OverdueEvent event) {
            try {
                listener.overdue(event);
            } catch (InterruptedException e) {
                LOG.warn("event not passed on by {}: the agent closes; {}", listener, event.title());
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                LOG.warn("event not passed on by {}: {}; {}", listener, e, event.title());
            }
        }

        /** Ends the thread after what waits now. */
        synchronized void end() {
            if (!started) {
                listener.close();
            } else if (!waiting.offer(() -> ended = true)) {
                thread.interrupt();
            }
        }

        void await(long deadline) {
            try {
                long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
                thread.join(left);
                if (thread.isAlive()) {
                    thread.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
