package dev.belfry.console.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;

/** Times for people. */
final class Times {
    private Times() {}

    /** {@code 3s ago}, {@code in 5m}, {@code now}: the largest unit that fits, and from a minute on the one below. */
    static String relative(Instant at, Instant now) {
        if (at.equals(Instant.EPOCH)) {
            return "never";
        }
        Duration apart = Duration.between(at, now);
        String length = length(apart.abs());
        if (length.equals("0s")) {
            return "now";
        }
        return apart.isNegative() ? "in " + length : length + " ago";
    }

    /** The same of what has happened: what was read a moment after {@code now} is {@code now}, not to come. */
    static String past(Instant at, Instant now) {
        return relative(at.isAfter(now) ? now : at, now);
    }

    /** {@code 250ms}, {@code 3s}, {@code 5m 3s}, {@code 2h 5m}, {@code 3d 4h}. */
    static String length(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds == 0) {
            return duration.toMillis() == 0 ? "0s" : duration.toMillis() + "ms";
        }
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return pair(seconds / 60, "m", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return pair(seconds / 3_600, "h", seconds / 60 % 60, "m");
        }
        return pair(seconds / 86_400, "d", seconds / 3_600 % 24, "h");
    }

    private static String pair(long large, String unit, long small, String smaller) {
        return small == 0 ? large + unit : large + unit + " " + small + smaller;
    }

    /** The instant in UTC, to the second unless it has a fraction. */
    static String instant(Instant at) {
        return at.equals(Instant.EPOCH)
                ? "-"
                : at.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** The instant for programs, as ISO 8601 in UTC with at most milliseconds; nothing for one that is not known. */
    static @Nullable String iso(Instant at) {
        return at.equals(Instant.EPOCH)
                ? null
                : at.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    /** The same of one that may be missing. */
    static @Nullable String iso(Optional<Instant> at) {
        return at.map(Times::iso).orElse(null);
    }

    /** The length in milliseconds, for programs. */
    static @Nullable Long millis(Optional<Duration> length) {
        return length.map(Duration::toMillis).orElse(null);
    }

    /** Reads an instant with its offset; what is finer than a millisecond is left out. */
    static final class Reading implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String text) {
            try {
                return java.time.OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
            } catch (DateTimeParseException e) {
                throw new CommandLine.TypeConversionException(
                        "'" + text + "' is not an instant; write one with its offset, such as 2026-12-01T00:00:00Z");
            }
        }
    }
}
