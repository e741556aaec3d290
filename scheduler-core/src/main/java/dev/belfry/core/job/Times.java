package dev.belfry.core.job;

import dev.belfry.core.schedule.CronExpression;
import dev.belfry.core.schedule.Durations;
import dev.belfry.core.schedule.ScheduleSyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The shapes of single values that are about time. */
final class Times {

    private static final Set<Node.Type> TEXT = EnumSet.of(Node.Type.TEXT);
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    private Times() {}

    /** A duration from {@code least} to {@code most}; finer than a millisecond is refused. */
    static Shape<Duration> duration(Duration least, Duration most) {
        String words = "a duration from " + Durations.format(least) + " to " + Durations.format(most)
                + ", such as 30s or 1h30m";
        return new ScalarShape<>(
                words,
                TEXT,
                Map.of("type", "string", "pattern", "^\\s*(?:(?:[0-9]+(?:d|h|ms|m|s))+|[Pp].+)\\s*$"),
                text -> {
                    Duration duration = pointing(() -> Durations.parse(text));
                    if (duration.compareTo(least) < 0
                            || duration.compareTo(most) > 0
                            || duration.toNanosPart() % 1_000_000 != 0) {
                        throw new Refused("is " + Complaint.quote(text));
                    }
                    return duration;
                },
                Durations::format);
    }

    static Shape<CronExpression> cron() {
        return new ScalarShape<>(
                "a cron expression: seconds minutes hours day-of-month month day-of-week [year]",
                TEXT,
                Map.of("type", "string", "maxLength", 1024),
                text -> {
                    if (text.length() > 1024) {
                        throw new Refused("is " + text.length() + " characters long");
                    }
                    CronExpression cron = pointing(() -> CronExpression.parse(text));
                    return cron;
                },
                CronExpression::text);
    }

    static Shape<Instant> instant() {
        return parsed(
                "an instant from 1970 to 2099 with its offset, such as 2026-12-01T00:00:00Z",
                Map.of("type", "string", "format", "date-time"),
                Times::anInstant,
                Instant::toString);
    }

    private static Instant anInstant(String text) {
        Instant instant = OffsetDateTime.parse(text).toInstant();
        if (instant.isBefore(EARLIEST) || !instant.isBefore(LATEST)) {
            throw new DateTimeException("out of range");
        }
        return instant;
    }

    /** An instant of the years that the format knows. */
    static Instant parseInstant(String text) throws Refused {
        try {
            return anInstant(text);
        } catch (DateTimeException e) {
            throw new Refused("is " + Complaint.quote(text));
        }
    }

    static Shape<LocalDate> date() {
        return parsed(
                "a date such as 2026-12-25",
                Map.of("type", "string", "format", "date"),
                text -> {
                    LocalDate date = LocalDate.parse(text);
                    if (date.getYear() < 1970 || date.getYear() > 2099) {
                        throw new DateTimeException("out of range");
                    }
                    return date;
                },
                LocalDate::toString);
    }

    static Shape<MonthDay> monthDay() {
        return parsed(
                "a month and day such as 12-25",
                Map.of("type", "string", "pattern", "^[0-9]{2}-[0-9]{2}$"),
                text -> MonthDay.parse("--" + text),
                day -> day.toString().substring(2));
    }

    static Shape<LocalTime> time() {
        return parsed(
                "a time of day such as 22:00",
                Map.of("type", "string", "pattern", "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"),
                text -> {
                    if (text.length() > 8) {
                        throw new DateTimeException("too fine");
                    }
                    return LocalTime.parse(text);
                },
                LocalTime::toString);
    }

    static Shape<ZoneId> zone() {
        return new ScalarShape<>(
                "a time zone such as Europe/Berlin or UTC",
                TEXT,
                Map.of("type", "string"),
                text -> {
                    try {
                        return text.equals("UTC") ? ZoneOffset.UTC : ZoneId.of(text);
                    } catch (DateTimeException e) {
                        Complaint complaint = Complaint.of("is " + Complaint.quote(text));
                        throw new Refused(complaint.nearest(text, new TreeSet<>(ZoneId.getAvailableZoneIds())), 0);
                    }
                },
                zone -> zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
    }

    private static <V> Shape<V> parsed(
            String words, Map<String, Object> schema, Function<String, V> parser, Function<V, Object> writer) {
        return new ScalarShape<>(
                words,
                TEXT,
                schema,
                text -> {
                    try {
                        return parser.apply(text);
                    } catch (DateTimeException e) {
                        throw new Refused("is " + Complaint.quote(text));
                    }
                },
                writer);
    }

    @FunctionalInterface
    interface Parsing<V> {
        V parse();
    }

    /** Turns a parser's position within the text into a position within the file. */
    static <V> V pointing(Parsing<V> parsing) throws Refused {
        try {
            return parsing.parse();
        } catch (ScheduleSyntaxException e) {
            throw new Refused(Complaint.of(e.reason()).hinting(e.hint()), e.position());
        }
    }
}
