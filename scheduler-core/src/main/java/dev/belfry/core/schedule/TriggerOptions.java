package dev.belfry.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every kind of trigger can carry besides its own times. Immutable; begin with {@link #DEFAULT}.
 *
 * @param window when fires count at all
 * @param calendar the name of a {@link BusinessCalendar}, or null for none
 * @param jitter a fire is delayed by at most this; zero to 30 days; finer than a millisecond is cut off
 * @param zone the zone of cron fields and of calendar dates
 * @param dst only cron triggers look at it
 */
public record TriggerOptions(Window window, @Nullable String calendar, Duration jitter, ZoneId zone, DstPolicy dst) {
    private static final Duration MOST_JITTER = Duration.ofDays(30);

    /** Always, no calendar, no jitter, UTC, {@link DstPolicy#AUTO}. */
    public static final TriggerOptions DEFAULT =
            new TriggerOptions(Window.ALWAYS, null, Duration.ZERO, ZoneOffset.UTC, DstPolicy.AUTO);

    public TriggerOptions {
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(dst, "dst");
        if (jitter.isNegative() || jitter.compareTo(MOST_JITTER) > 0) {
            throw new IllegalArgumentException("jitter " + jitter + " is not within zero and 30 days");
        }
    }

    /** The same with another window. */
    public TriggerOptions withWindow(Window newWindow) {
        return new TriggerOptions(newWindow, calendar, jitter, zone, dst);
    }

    /** The same with a calendar. */
    public TriggerOptions withCalendar(String name) {
        return new TriggerOptions(window, Objects.requireNonNull(name), jitter, zone, dst);
    }

    /** The same with another jitter. */
    public TriggerOptions withJitter(Duration newJitter) {
        return new TriggerOptions(window, calendar, newJitter, zone, dst);
    }

    /** The same with another zone. */
    public TriggerOptions withZone(ZoneId newZone) {
        return new TriggerOptions(window, calendar, jitter, newZone, dst);
    }

    /** The same with another policy for clock changes. */
    public TriggerOptions withDst(DstPolicy newDst) {
        return new TriggerOptions(window, calendar, jitter, zone, newDst);
    }

    /**
     * The instants within which a trigger fires.
     *
     * @param start the first instant that counts; {@link Instant#MIN} for no bound
     * @param end the first instant that does not count any more; {@link Instant#MAX} for no bound
     */
    public record Window(Instant start, Instant end) {
        /** No bounds. */
        public static final Window ALWAYS = new Window(Instant.MIN, Instant.MAX);

        public Window {
            if (!start.isBefore(end)) {
                throw new IllegalArgumentException("the window ends at " + end + ", not after its start " + start);
            }
        }

        /** From an instant on, without end. */
        public static Window from(Instant start) {
            return new Window(start, Instant.MAX);
        }

        /** Whether there is a first instant. */
        public boolean hasStart() {
            return !start.equals(Instant.MIN);
        }

        /** Whether there is an end. */
        public boolean hasEnd() {
            return !end.equals(Instant.MAX);
        }
    }
}
