package dev.belfry.agent;

import dev.belfry.agent.loop.ThreadLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Asks an agent's loop from another thread, and waits for what it is to come to. Every wait has a deadline. */
final class Closing {
    private static final long LOOK_AGAIN_NANOS = 10_000_000;
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);

    private final ThreadLoop loop;

    Closing(ThreadLoop loop) {
        this.loop = loop;
    }

    /** Runs {@code action} on the loop, after everything posted before, and waits for it. */
    void run(Runnable action) {
        ask(
                () -> {
                    action.run();
                    return true;
                },
                false);
    }

    /** What {@code question} answers on the loop; {@code otherwise} if the loop does not answer. */
    <T> T ask(Supplier<T> question, T otherwise) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            loop.execute(() -> answer.complete(question.get()));
        } catch (RejectedExecutionException closed) {
            return otherwise;
        }
        return await(answer, LONGEST_ANSWER, otherwise);
    }

    /** Waits until {@code condition} holds on the loop; false if it does not within {@code atMost}. */
    boolean await(BooleanSupplier condition, Duration atMost) {
        CompletableFuture<Boolean> met = new CompletableFuture<>();
        long deadline = loop.nanoTime() + atMost.toNanos();
        try {
            loop.execute(() -> look(condition, deadline, met));
        } catch (RejectedExecutionException closed) {
            return false;
        }
        return await(met, atMost.plus(LONGEST_ANSWER), false);
    }

    private void look(BooleanSupplier condition, long deadline, CompletableFuture<Boolean> met) {
        boolean holds = condition.getAsBoolean();
        if (holds || loop.nanoTime() - deadline >= 0) {
            met.complete(holds);
        } else {
            loop.after(LOOK_AGAIN_NANOS, () -> look(condition, deadline, met));
        }
    }

    /** An interrupt ends the wait, and is kept for the caller. */
    private static <T> T await(CompletableFuture<T> answer, Duration atMost, T otherwise) {
        try {
            return answer.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        } catch (ExecutionException | TimeoutException e) {
            return otherwise;
        }
    }
}
