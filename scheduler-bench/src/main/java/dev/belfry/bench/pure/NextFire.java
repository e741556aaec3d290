package dev.belfry.bench.pure;

import dev.belfry.core.schedule.CronExpression;
import dev.belfry.core.schedule.DstPolicy;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** A cron expression of some scheduler, parsed. */
public interface NextFire {

    /** The property that holds the class path of {@code QuartzNextFire}, which is no part of the build. */
    String QUARTZ = "belfry.bench.quartz";

    /** The first fire after an instant; both milliseconds since 1970. */
    long after(long millis);

    /** Parses expressions of one scheduler. */
    interface Parser {
        NextFire parse(String expression, String zone);
    }

    /**
     * The parser of a scheduler.
     *
     * @param system {@code belfry} or {@code quartz}
     * @throws IllegalStateException if its classes are not there
     */
    static Parser parser(String system) {
        return system.equals("belfry") ? NextFire::belfry : quartz(System.getProperty(QUARTZ, ""));
    }

    private static NextFire belfry(String expression, String zone) {
        CronExpression cron = CronExpression.parse(expression);
        ZoneId zoneId = ZoneId.of(zone);
        return millis -> cron.next(Instant.ofEpochMilli(millis), zoneId, DstPolicy.AUTO)
                .orElseThrow()
                .toEpochMilli();
    }

    private static Parser quartz(String classPath) {
        try {
            List<URL> urls = new ArrayList<>();
            for (String path : classPath.split(File.pathSeparator)) {
                urls.add(Path.of(path).toUri().toURL());
            }
            // Stays open: it loads classes for as long as the parser is used.
            URLClassLoader classes = new URLClassLoader(urls.toArray(URL[]::new), NextFire.class.getClassLoader());
            return (Parser) classes.loadClass("dev.belfry.bench.peer.QuartzNextFire")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | MalformedURLException e) {
            throw new IllegalStateException("Quartz is not at " + QUARTZ + "=" + classPath, e);
        }
    }
}
