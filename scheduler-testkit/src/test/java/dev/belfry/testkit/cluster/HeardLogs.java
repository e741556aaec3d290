package dev.belfry.testkit.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** Keeps what some classes log, from INFO on, and prints none of it. */
final class HeardLogs implements AutoCloseable {
    private final List<Logger> loggers;
    private final ListAppender<ILoggingEvent> kept = new ListAppender<>();

    HeardLogs(String... names) {
        loggers = Stream.of(names)
                .map(name -> (Logger) LoggerFactory.getLogger(name))
                .toList();
        kept.start();
        loggers.forEach(logger -> {
            logger.setLevel(Level.INFO);
            logger.setAdditive(false);
            logger.addAppender(kept);
        });
    }

    /** The lines so far, each with its level before it. */
    List<String> lines() {
        return kept.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Override
    public void close() {
        loggers.forEach(logger -> {
            logger.detachAppender(kept);
            logger.setAdditive(true);
            logger.setLevel(null);
        });
    }
}
