package dev.belfry.testkit.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Keeps the product's log still while thousands of clusters fail on purpose; the stories say what happened. */
final class QuietLogs implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.belfry");
    private final @Nullable Level before = logger.getLevel();

    QuietLogs() {
        logger.setLevel(Level.OFF);
    }

    @Override
    public void close() {
        logger.setLevel(before);
    }
}
