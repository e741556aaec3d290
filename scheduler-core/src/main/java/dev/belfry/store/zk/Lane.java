package dev.belfry.store.zk;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the answers of one view to its executor in the order of its requests, each exactly once: also those that are
 * known at once, which may not overtake those still under way.
 *
 * <p>Two locks, because ZooKeeper's send thread may call back while it holds the lock of its own queue, which a request
 * under way needs: {@code sending} is held while requests are handed to ZooKeeper, {@code draining} never is.
 */
final class Lane {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private final Executor executor;
    private final Queue<Slot<?>> waiting = new ConcurrentLinkedQueue<>();
    private final Object sending = new Object();
    private final Object draining = new Object();

    Lane(Executor executor) {
        this.executor = executor;
    }

    /** Takes a place in the order of answers and runs {@code request}, which has to answer once, now or later. */
    <T> void send(Consumer<T> then, Consumer<Consumer<T>> request) {
        Slot<T> slot = new Slot<>(then);
        synchronized (sending) {
            waiting.add(slot);
            request.accept(answer -> answered(slot, answer));
        }
    }

    /** Runs {@code task} on the executor, after everything handed to it so far. */
    void post(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // The owner of the view has shut its executor down: nobody is left to tell.
            log.debug("a callback came after its executor was shut down", e);
        }
    }

    /**
     * Runs {@code task} on the executor, after the answers to all requests made so far, whenever these come. Takes no lock that
     * is held while a request is made.
     */
    void postAfterAnswers(Runnable task) {
        Slot<Runnable> slot = new Slot<>(Runnable::run);
        waiting.add(slot);
        answered(slot, task);
    }

    private <T> void answered(Slot<T> slot, T answer) {
        synchronized (draining) {
            slot.answer(answer);
            for (Slot<?> head = waiting.peek(); head != null && head.ready(); head = waiting.peek()) {
                waiting.poll();
                post(head::deliver);
            }
        }
    }

    private static final class Slot<T> {
        private final Consumer<T> then;
        private @Nullable T answer;

        Slot(Consumer<T> then) {
            this.then = then;
        }

        void answer(T value) {
            if (answer == null) {
                answer = value;
            }
        }

        boolean ready() {
            return answer != null;
        }

        void deliver() {
            T value = answer;
            if (value == null) {
                throw new IllegalStateException("delivered before it was answered");
            }
            then.accept(value);
        }
    }
}
