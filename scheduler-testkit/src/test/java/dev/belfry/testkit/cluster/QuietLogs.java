package dev.belfry.testkit.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Keeps the product's log still while thousands of clusters fail on purpose; the stories say what happened. As an
 * extension of a test class it does so around each test.
 */
final class QuietLogs implements BeforeEachCallback, AfterEachCallback {
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.belfry");
    private @Nullable Level before;

    void keep() {
        before = logger.getLevel();
        logger.setLevel(Level.OFF);
    }

    void restore() {
        logger.setLevel(before);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        keep();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        restore();
    }
}
