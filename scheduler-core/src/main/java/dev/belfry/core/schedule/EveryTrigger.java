package dev.belfry.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fires at a fixed rate: at the anchor plus every whole multiple of the interval, positive or negative, that the window lets
 * through. Elapsed time counts, so clock changes do not matter.
 *
 * @param every the interval, a whole number of milliseconds, at least 1
 * @param anchor an instant at which it fires (or would, outside the window)
 */
public record EveryTrigger(Duration every, Instant anchor, TriggerOptions options) implements Trigger {
    private static final Duration LONGEST = Duration.ofDays(36_525);

    public EveryTrigger {
        Objects.requireNonNull(options, "options");
        requireMillis("every", every);
        if (anchor.isBefore(Schedule.EARLIEST) || !anchor.isBefore(Schedule.HORIZON)) {
            throw new IllegalArgumentException("anchor " + anchor + " is not within 1970 to 2099");
        }
    }

    /** Anchored at the start of the options' window, or at 1970-01-01T00:00:00Z if it has none. */
    public static EveryTrigger of(Duration every, TriggerOptions options) {
        boolean started = options.window().hasStart();
        return new EveryTrigger(every, started ? options.window().start() : Instant.EPOCH, options);
    }

    static void requireMillis(String what, Duration duration) {
        if (duration.compareTo(Duration.ofMillis(1)) < 0 || duration.toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException(
                    what + ": " + duration + " is not a whole number of milliseconds of at least 1");
        }
        if (duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + ": " + duration + " is longer than a century");
        }
    }

    @Nullable
    Instant next(Instant after) {
        // Whole milliseconds since the anchor, rounded down: the fires lie on a grid of milliseconds from there.
        long passed = (after.getEpochSecond() - anchor.getEpochSecond()) * 1_000
                + Math.floorDiv(after.getNano() - anchor.getNano(), 1_000_000);
        long step = every.toMillis();
        return anchor.plusMillis((Math.floorDiv(passed, step) + 1) * step);
    }
}
