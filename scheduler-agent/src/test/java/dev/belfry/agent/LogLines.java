package dev.belfry.agent;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** What a logger and those below it say while this is open, as {@code WARN text}, and not on the console. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<Map<String, String>> marks = new CopyOnWriteArrayList<>();
    private final AtomicInteger traces = new AtomicInteger();

    public LogLines(String name) {
        logger = (Logger) LoggerFactory.getLogger(name);
        setContext(logger.getLoggerContext());
        start();
        logger.addAppender(this);
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getThrowableProxy() != null) {
            traces.incrementAndGet();
        }
        marks.add(Map.copyOf(event.getMDCPropertyMap()));
        lines.add(event.getLevel() + " " + event.getFormattedMessage());
    }

    public List<String> lines() {
        return lines;
    }

    /** How many lines came with a stack trace. */
    public int traces() {
        return traces.get();
    }

    /** The marks of each line. */
    public List<Map<String, String>> marks() {
        return marks;
    }

    public boolean anyWith(String level, String part) {
        return lines.stream().anyMatch(line -> line.startsWith(level) && line.contains(part));
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(null);
        stop();
    }
}
