package dev.belfry.core.value;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How a business date is written. */
enum DateFormat {
    /** {@code 2026-11-23T01:00:00Z}: the format without a name. */
    INSTANT("", false, "uuuu-MM-dd'T'HH:mm:ss'Z'"),
    /** Seconds since 1970. */
    EPOCH("epoch", false, ""),
    DATE("date", true, "uuuu-MM-dd"),
    COMPACT("compact", true, "uuuuMMdd"),
    TIME("time", true, "HH:mm:ss"),
    /** With the offset: {@code 2026-11-23T02:00:00+01:00}. */
    LOCAL("local", true, "uuuu-MM-dd'T'HH:mm:ssxxx"),
    YEAR("year", true, "uuuu"),
    MONTH("month", true, "MM"),
    DAY("day", true, "dd"),
    HOUR("hour", true, "HH"),
    /** In small letters: {@code monday}. */
    WEEKDAY("weekday", true, "EEEE");

    private final String word;
    private final boolean local;
    private final DateTimeFormatter formatter;

    DateFormat(String word, boolean local, String pattern) {
        this.word = word;
        this.local = local;
        this.formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }

    static List<String> names() {
        return Arrays.stream(values())
                .map(DateFormat::word)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** Reads the name that begins at {@code at}. */
    static DateFormat parse(String text, int at) throws ValueSyntaxException {
        String word = text.substring(at);
        for (DateFormat each : values()) {
            if (!word.isEmpty() && each.word.equals(word)) {
                return each;
            }
        }
        throw new ValueSyntaxException(
                "has the unknown format \"" + word + "\"", "one of " + String.join(", ", names()), at, word, names());
    }

    String word() {
        return word;
    }

    /** Whether the text depends on the zone. */
    boolean local() {
        return local;
    }

    String write(ZonedDateTime at) {
        return switch (this) {
            case EPOCH -> Long.toString(at.toEpochSecond());
            // Milliseconds are written where there are any, as everywhere.
            case INSTANT -> at.toInstant().toString();
            case WEEKDAY -> formatter.format(at).toLowerCase(Locale.ROOT);
            default -> formatter.format(at);
        };
    }
}
