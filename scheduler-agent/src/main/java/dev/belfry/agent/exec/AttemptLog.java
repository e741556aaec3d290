package dev.belfry.agent.exec;

import dev.belfry.core.job.HandlerParameters;
import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.shard.AttemptOrder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of attempts: one entry for each that threw, and none that an exception's own code could break. Of a built-in
 * handler it is one line; of user code it has the stack trace, but of one job and one class of exception at most once a
 * minute, and is one line in between.
 */
final class AttemptLog {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadAttempts.class);

    private AttemptLog() {}

    /** The attempt as log entries name it. */
    static String name(Attempt attempt) {
        AttemptOrder order = attempt.task().order();
        return "job=" + attempt.task().job().name() + " shard=" + order.shard().shard() + " run="
                + order.fire().runId(attempt.task().job().uid()) + " attempt=" + order.number();
    }

    /** User code has ended; {@code thrown} is null if it returned. */
    static void ended(Attempt attempt, TraceLimit traces, boolean wasTold, @Nullable Throwable thrown) {
        if (thrown == null) {
            return;
        }
        if (wasTold) {
            quietly(() -> LOG.info("attempt ended after it was told to stop: {} with {}", name(attempt), type(thrown)));
            return;
        }
        boolean builtIn =
                HandlerParameters.isBuiltIn(attempt.task().definition().handler());
        if (builtIn && !(thrown instanceof Error)) {
            // What failed is a command or a server: what it said is in the message, and the trace is always the same.
            quietly(() -> LOG.warn("attempt failed: {}: {}", name(attempt), message(thrown)));
            return;
        }
        boolean traced = traces.mayTrace(attempt.task().job().uid(), thrown.getClass());
        Runnable entry = traced ? () -> trace(attempt, thrown) : () -> line(attempt, thrown);
        quietly(entry, attempt, thrown);
    }

    private static void trace(Attempt attempt, Throwable thrown) {
        if (thrown instanceof Error) {
            LOG.error("attempt failed with an error of the JVM: {}", name(attempt), thrown);
        } else {
            LOG.warn("attempt failed: {}", name(attempt), thrown);
        }
    }

    private static void line(Attempt attempt, Throwable thrown) {
        String text = type(thrown) + ": " + message(thrown);
        if (thrown instanceof Error) {
            LOG.error(
                    "attempt failed with an error of the JVM: {} with {}; traced within the last minute",
                    name(attempt),
                    text);
        } else {
            LOG.warn("attempt failed: {} with {}; traced within the last minute", name(attempt), text);
        }
    }

    private static String message(Throwable thrown) {
        return FailureText.of(String.valueOf(Failures.of(thrown).message()));
    }

    /** A cancel hook threw. */
    static void hookFailed(Attempt attempt, Throwable thrown) {
        quietly(() -> LOG.warn("a cancel hook failed: {}", name(attempt), thrown), attempt, thrown);
    }

    private static String type(Throwable thrown) {
        return thrown.getClass().getName();
    }

    private static void quietly(Runnable entry, Attempt attempt, Throwable thrown) {
        if (!quietly(entry)) {
            quietly(() -> LOG.warn("attempt failed: {} with {}, which cannot be printed", name(attempt), type(thrown)));
        }
    }

    /** Whether the entry was written: an exception of user code may throw when it is printed. */
    private static boolean quietly(Runnable entry) {
        try {
            entry.run();
            return true;
        } catch (Throwable unprintable) {
            return false;
        }
    }
}
