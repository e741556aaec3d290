package dev.belfry.core.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.MonthDay;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Whole days on which a calendar lets nothing fire: the union of four kinds. Immutable; begin with {@link #NONE}.
 *
 * @param dates single dates
 * @param annual anniversaries; 29 February only in leap years
 * @param weekdays days of every week
 * @param ranges stretches of dates
 */
public record ExcludedDays(
        SortedSet<LocalDate> dates, SortedSet<MonthDay> annual, Set<DayOfWeek> weekdays, List<DateRange> ranges) {
    /** No day. */
    public static final ExcludedDays NONE = new ExcludedDays(new TreeSet<>(), new TreeSet<>(), Set.of(), List.of());

    public ExcludedDays {
        dates = Collections.unmodifiableSortedSet(new TreeSet<>(dates));
        annual = Collections.unmodifiableSortedSet(new TreeSet<>(annual));
        EnumSet<DayOfWeek> copy = EnumSet.noneOf(DayOfWeek.class);
        copy.addAll(weekdays);
        weekdays = Collections.unmodifiableSet(copy);
        ranges = List.copyOf(ranges);
    }

    /** These and some dates. */
    public ExcludedDays withDates(LocalDate... more) {
        SortedSet<LocalDate> all = new TreeSet<>(dates);
        Collections.addAll(all, more);
        return new ExcludedDays(all, annual, weekdays, ranges);
    }

    /** These and some anniversaries. */
    public ExcludedDays withAnnual(MonthDay... more) {
        SortedSet<MonthDay> all = new TreeSet<>(annual);
        Collections.addAll(all, more);
        return new ExcludedDays(dates, all, weekdays, ranges);
    }

    /** These and some days of every week. */
    public ExcludedDays withWeekdays(DayOfWeek... more) {
        EnumSet<DayOfWeek> all = EnumSet.noneOf(DayOfWeek.class);
        all.addAll(weekdays);
        Collections.addAll(all, more);
        return new ExcludedDays(dates, annual, all, ranges);
    }

    /** These and some stretches of dates. */
    public ExcludedDays withRanges(DateRange... more) {
        List<DateRange> all = new ArrayList<>(ranges);
        Collections.addAll(all, more);
        return new ExcludedDays(dates, annual, weekdays, all);
    }

    /** Whether a date is one of them. */
    public boolean contains(LocalDate date) {
        if (weekdays.contains(date.getDayOfWeek()) || dates.contains(date)) {
            return true;
        }
        if (!annual.isEmpty() && annual.contains(MonthDay.from(date))) {
            return true;
        }
        for (DateRange range : ranges) {
            if (range.contains(date)) {
                return true;
            }
        }
        return false;
    }

    /** Dates from the first to the last, both included. */
    public record DateRange(LocalDate first, LocalDate last) {
        public DateRange {
            if (last.isBefore(first)) {
                throw new IllegalArgumentException("the range ends on " + last + ", before its start " + first);
            }
        }

        boolean contains(LocalDate date) {
            return !date.isBefore(first) && !date.isAfter(last);
        }
    }
}
