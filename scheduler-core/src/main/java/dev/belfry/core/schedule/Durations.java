package dev.belfry.core.schedule;

import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * Text form of durations in definitions: {@code 10ms 3s 5m 1h 2d}, combinations from large to small such as {@code 1h30m},
 * and ISO 8601 such as {@code PT5M}. Never negative; a day is 24 hours.
 */
public final class Durations {
    private static final String[] UNITS = {"d", "h", "m", "s", "ms"};
    private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};
    // A century. Longer ones are slips of the pen, and this bound keeps all sums far from overflow.
    private static final long MOST = 36_525 * 86_400_000L;
    private static final String FORMS = "write for example 500ms, 30s, 5m, 1h30m, 2d or PT5M";

    private Durations() {}

    /**
     * Reads a duration; white space around it does not matter.
     *
     * @throws DurationSyntaxException if it is not one of the forms above, or above a century
     */
    public static Duration parse(String text) {
        int at = 0;
        int end = text.length();
        while (at < end && text.charAt(at) <= ' ') {
            at++;
        }
        while (end > at && text.charAt(end - 1) <= ' ') {
            end--;
        }
        if (at == end) {
            throw new DurationSyntaxException(text, at, "no duration", FORMS);
        }
        char first = text.charAt(at);
        return first == 'P' || first == 'p' ? parseIso(text, at, end) : parseParts(text, at, end);
    }

    private static Duration parseIso(String text, int start, int end) {
        Duration parsed;
        try {
            parsed = Duration.parse(text.substring(start, end));
        } catch (DateTimeParseException e) {
            throw new DurationSyntaxException(text, start + e.getErrorIndex(), "not an ISO 8601 duration", FORMS);
        }
        if (parsed.isNegative()) {
            throw new DurationSyntaxException(text, start, "a negative duration", "write one of zero or more");
        }
        if (parsed.compareTo(Duration.ofMillis(MOST)) > 0) {
            throw tooLong(text, start);
        }
        return parsed;
    }

    private static Duration parseParts(String text, int start, int end) {
        long total = 0;
        int largest = 0;
        int at = start;
        while (at < end) {
            int digits = at;
            long value = 0;
            while (at < end && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                value = Math.min(MOST + 1, value * 10 + (text.charAt(at++) - '0'));
            }
            if (at == digits) {
                String reason = text.charAt(at) == '-' ? "a negative duration" : "a number is missing";
                throw new DurationSyntaxException(text, at, reason, FORMS);
            }
            int unit = unit(text, at, end);
            if (unit < largest) {
                throw new DurationSyntaxException(
                        text, at, "units out of order or repeated", "go from large to small: d h m s ms");
            }
            largest = unit + 1;
            at += UNITS[unit].length();
            if (value > MOST / MILLIS[unit] || total + value * MILLIS[unit] > MOST) {
                throw tooLong(text, digits);
            }
            total += value * MILLIS[unit];
        }
        return Duration.ofMillis(total);
    }

    private static int unit(String text, int at, int end) {
        int stop = at;
        while (stop < end && Character.isLetter(text.charAt(stop))) {
            stop++;
        }
        for (int i = 0; i < UNITS.length; i++) {
            if (stop - at == UNITS[i].length() && text.startsWith(UNITS[i], at)) {
                return i;
            }
        }
        if (stop == at) {
            boolean fraction = at < end && (text.charAt(at) == '.' || text.charAt(at) == ',');
            throw new DurationSyntaxException(
                    text,
                    at,
                    fraction ? "a fraction" : "a unit is missing",
                    fraction ? "write whole numbers, as in 1h30m" : "write d, h, m, s or ms after the number");
        }
        throw new DurationSyntaxException(text, at, "an unknown unit", "write d, h, m, s or ms in small letters");
    }

    private static DurationSyntaxException tooLong(String text, int at) {
        return new DurationSyntaxException(text, at, "longer than a century", "write at most 36525d");
    }

    /**
     * The shortest text that {@link #parse} reads as the same duration: {@code 1h30m}, {@code 0s}; ISO 8601 if it is finer than a
     * millisecond.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("negative duration " + duration);
        }
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.toNanosPart() % 1_000_000 != 0) {
            return duration.toString();
        }
        StringBuilder text = new StringBuilder();
        long rest = duration.toMillis();
        for (int i = 0; i < UNITS.length; i++) {
            if (rest >= MILLIS[i]) {
                text.append(rest / MILLIS[i]).append(UNITS[i]);
                rest %= MILLIS[i];
            }
        }
        return text.toString();
    }
}
