package dev.belfry.agent.exec;

import dev.belfry.core.shard.AttemptOrder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of attempts: one entry for each that threw, and none that an exception's own code could break. */
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
    static void ended(Attempt attempt, boolean wasTold, @Nullable Throwable thrown) {
        if (thrown == null) {
            return;
        }
        if (wasTold) {
            quietly(() -> LOG.info("attempt ended after it was told to stop: {} with {}", name(attempt), type(thrown)));
        } else if (thrown instanceof Error) {
            quietly(
                    () -> LOG.error("attempt failed with an error of the JVM: {}", name(attempt), thrown),
                    attempt,
                    thrown);
        } else {
            quietly(() -> LOG.warn("attempt failed: {}", name(attempt), thrown), attempt, thrown);
        }
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
