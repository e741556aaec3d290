package dev.belfry.core.schedule;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A named calendar shared by triggers: days and times at which they do not fire, and make-up days. Immutable.
 *
 * <p>Dates are those of the trigger's zone. A make-up day lifts every exclusion of its day (dates, anniversaries, weekdays,
 * ranges), not the daily windows, and makes it behave like the given weekday for cron expressions that list weekdays: with
 * {@code 2026-10-10: FRIDAY}, a Saturday, {@code MON-FRI} fires on it and {@code SAT} does not. {@code FRI#2} and {@code FRIL}
 * go on counting real weekdays.
 *
 * @param name not blank
 * @param days days excluded as a whole
 * @param windows times of day excluded on every day
 * @param makeUp dates that run although excluded, and the weekday that each stands in for
 * @param validUntil the last date that the author has thought of, or null; fires after it are not affected
 */
public record BusinessCalendar(
        String name,
        ExcludedDays days,
        List<DailyWindow> windows,
        SortedMap<LocalDate, DayOfWeek> makeUp,
        @Nullable LocalDate validUntil) {

    public BusinessCalendar {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a calendar needs a name");
        }
        windows = List.copyOf(windows);
        makeUp = Collections.unmodifiableSortedMap(new TreeMap<>(makeUp));
    }

    /** A calendar that excludes nothing yet. */
    public static BusinessCalendar named(String name) {
        return new BusinessCalendar(name, ExcludedDays.NONE, List.of(), new TreeMap<>(), null);
    }

    /** The same with other excluded days. */
    public BusinessCalendar withDays(ExcludedDays newDays) {
        return new BusinessCalendar(name, newDays, windows, makeUp, validUntil);
    }

    /** The same with these daily windows. */
    public BusinessCalendar withWindows(DailyWindow... newWindows) {
        return new BusinessCalendar(name, days, List.of(newWindows), makeUp, validUntil);
    }

    /** The same with one more make-up day, which behaves like the given weekday. */
    public BusinessCalendar withMakeUp(LocalDate date, DayOfWeek behavesLike) {
        SortedMap<LocalDate, DayOfWeek> more = new TreeMap<>(makeUp);
        more.put(date, behavesLike);
        return new BusinessCalendar(name, days, windows, more, validUntil);
    }

    /** The same with one more make-up day, which keeps its own weekday: only its exclusion is lifted. */
    public BusinessCalendar withMakeUp(LocalDate date) {
        return withMakeUp(date, date.getDayOfWeek());
    }

    /** The same with a last date that its author has thought of. */
    public BusinessCalendar withValidUntil(LocalDate date) {
        return new BusinessCalendar(name, days, windows, makeUp, date);
    }

    /** Whether a trigger of the given zone may not fire at an instant. */
    public boolean excludes(Instant instant, ZoneId zone) {
        return endOfExclusion(instant, zone) != null;
    }

    /** The first instant at or after the given one at which a trigger may fire, or one at or after the horizon. */
    Instant admittedFrom(Instant instant, ZoneId zone) {
        Instant at = instant;
        while (at.isBefore(Schedule.HORIZON)) {
            Instant end = endOfExclusion(at, zone);
            if (end == null) {
                return at;
            }
            at = end;
        }
        return at;
    }

    /** A later instant up to which everything is excluded, or null if the given one is not. */
    private @Nullable Instant endOfExclusion(Instant instant, ZoneId zone) {
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
        if (excludes(local.toLocalDate())) {
            LocalDateTime midnight = local.toLocalDate().plusDays(1).atStartOfDay();
            return advanced(instant, zone, Duration.between(local, midnight));
        }
        for (DailyWindow window : windows) {
            ZoneId windowZone = window.zone() == null ? zone : window.zone();
            LocalTime time = LocalTime.ofInstant(instant, windowZone);
            if (window.contains(time)) {
                Duration left = Duration.between(time, window.to());
                return advanced(instant, windowZone, left.isNegative() ? left.plusDays(1) : left);
            }
        }
        return null;
    }

    /** Whether a day is excluded as a whole: it is no business day. Daily windows do not count, make-up days do. */
    public boolean excludes(LocalDate date) {
        return !makeUp.containsKey(date) && days.contains(date);
    }

    /**
     * Moves on by a local duration, but stops where the offset changes: there the local clock has to be read again. That costs
     * one more step twice a year and is right for every kind of gap and overlap.
     */
    private static Instant advanced(Instant instant, ZoneId zone, Duration local) {
        Instant target = instant.plus(local);
        ZoneTimeline timeline = ZoneTimeline.of(zone);
        long change = timeline.end(timeline.at(instant.getEpochSecond()));
        return target.getEpochSecond() < change ? target : Instant.ofEpochSecond(change);
    }

    /**
     * A stretch of every day, in local time.
     *
     * @param from the first time excluded
     * @param to the first time not excluded any more; before {@code from} for a window past midnight
     * @param zone the zone of both, or null for the zone of the trigger
     */
    public record DailyWindow(
            LocalTime from, LocalTime to, @Nullable ZoneId zone) {
        public DailyWindow {
            if (from.equals(to)) {
                throw new IllegalArgumentException("the daily window " + from + "-" + to + " is empty");
            }
        }

        boolean contains(LocalTime time) {
            boolean afterFrom = !time.isBefore(from);
            boolean beforeTo = time.isBefore(to);
            return from.isBefore(to) ? afterFrom && beforeTo : afterFrom || beforeTo;
        }
    }
}
