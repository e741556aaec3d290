package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import dev.belfry.core.schedule.BusinessCalendar.DailyWindow;
import dev.belfry.core.schedule.ExcludedDays;
import dev.belfry.core.schedule.ExcludedDays.DateRange;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The keys of a calendar. Its name is the key under which it stands, so it is put in afterwards. */
final class CalendarForm {

    static final int MOST_DATES = 4_000;
    private static final int MOST_WINDOWS = 32;
    private static final String NAMELESS = "calendar";

    private CalendarForm() {}

    private static final Key<DateRange, LocalDate> FIRST =
            Key.required("from", Times.date(), DateRange::first, "The first day that is excluded.");
    private static final Key<DateRange, LocalDate> LAST =
            Key.required("to", Times.date(), DateRange::last, "The last day that is excluded.");

    private static final Form<DateRange> RANGE = new Form<>(
            "range",
            List.of(FIRST, LAST),
            values -> {
                LocalDate first = values.find(FIRST);
                LocalDate last = values.find(LAST);
                if (first != null && last != null && last.isBefore(first)) {
                    values.report(Complaint.of("is before from").expecting("a date from " + first + " on"), LAST);
                }
            },
            values -> new DateRange(values.get(FIRST), values.get(LAST)));

    private static final Key<DailyWindow, LocalTime> FROM =
            Key.required("from", Times.time(), DailyWindow::from, "The first time of day that is excluded.");
    private static final Key<DailyWindow, LocalTime> TO = Key.required(
            "to",
            Times.time(),
            DailyWindow::to,
            "The first time of day that is no more excluded; before from for a window past midnight.");
    private static final Key<DailyWindow, ZoneId> ZONE = Key.optional(
            "zone", Times.zone(), DailyWindow::zone, "The zone of both times; without it, that of the trigger.");

    private static final Form<DailyWindow> WINDOW = new Form<>(
            "window",
            List.of(FROM, TO, ZONE),
            values -> {
                LocalTime from = values.find(FROM);
                if (from != null && from.equals(values.find(TO))) {
                    values.report(
                            Complaint.of("equals from").expecting("another time; weekdays exclude whole days"), TO);
                }
            },
            values -> new DailyWindow(values.get(FROM), values.get(TO), values.find(ZONE)));

    private static final Key<ExcludedDays, List<LocalDate>> DATES = Key.<ExcludedDays, List<LocalDate>>optional(
                    "dates",
                    ListShape.of(Times.date(), "a list of dates", MOST_DATES),
                    days -> List.copyOf(days.dates()),
                    "Single days.")
            .defaulting(List.of());
    private static final Key<ExcludedDays, List<MonthDay>> ANNUAL = Key.<ExcludedDays, List<MonthDay>>optional(
                    "annual",
                    ListShape.of(Times.monthDay(), "a list of days as month-day", 366),
                    days -> List.copyOf(days.annual()),
                    "Days of every year, as month-day; 02-29 counts in leap years only.")
            .defaulting(List.of());
    private static final Key<ExcludedDays, List<DayOfWeek>> WEEKDAYS = Key.<ExcludedDays, List<DayOfWeek>>optional(
                    "weekdays",
                    ListShape.of(Scalars.choice(DayOfWeek.class), "a list of weekdays", 7),
                    days -> List.copyOf(days.weekdays()),
                    "Days of every week.")
            .defaulting(List.of());
    private static final Key<ExcludedDays, List<DateRange>> RANGES = Key.<ExcludedDays, List<DateRange>>optional(
                    "ranges",
                    ListShape.of(RANGE, "a list of ranges", MOST_DATES),
                    ExcludedDays::ranges,
                    "Stretches of days, both ends included.")
            .defaulting(List.of());

    private static final Form<ExcludedDays> EXCLUDE = new Form<>(
            "exclude",
            List.of(DATES, ANNUAL, WEEKDAYS, RANGES),
            values -> {},
            values -> new ExcludedDays(
                    new TreeSet<>(values.get(DATES)),
                    new TreeSet<>(values.get(ANNUAL)),
                    weekdays(values.get(WEEKDAYS)),
                    values.get(RANGES)));

    private static final Key<BusinessCalendar, ExcludedDays> EXCLUDED = Key.optional(
                    "exclude",
                    EXCLUDE,
                    BusinessCalendar::days,
                    "Days on which nothing fires, in the zone of the trigger.")
            .defaulting(ExcludedDays.NONE);
    private static final Key<BusinessCalendar, List<DailyWindow>> WINDOWS =
            Key.<BusinessCalendar, List<DailyWindow>>optional(
                            "windows",
                            ListShape.of(WINDOW, "a list of windows", MOST_WINDOWS),
                            BusinessCalendar::windows,
                            "Times of day at which nothing fires, on every day, make-up days included.")
                    .defaulting(List.of());
    private static final Key<BusinessCalendar, Map<LocalDate, DayOfWeek>> MAKE_UP =
            Key.<BusinessCalendar, Map<LocalDate, DayOfWeek>>optional(
                            "make-up",
                            new DateMap(),
                            BusinessCalendar::makeUp,
                            "Days that run although they are excluded, each with the weekday that it stands in for.")
                    .defaulting(Map.of());
    private static final Key<BusinessCalendar, LocalDate> VALID_UNTIL = Key.optional(
            "valid-until",
            Times.date(),
            BusinessCalendar::validUntil,
            "The last day that its author has thought of; later fires are not affected.");

    static final Form<BusinessCalendar> FORM = new Form<>(
            "calendar",
            List.of(EXCLUDED, WINDOWS, MAKE_UP, VALID_UNTIL),
            values -> {},
            values -> new BusinessCalendar(
                    NAMELESS,
                    values.get(EXCLUDED),
                    values.get(WINDOWS),
                    new TreeMap<>(values.get(MAKE_UP)),
                    values.find(VALID_UNTIL)));

    static BusinessCalendar named(String name, BusinessCalendar calendar) {
        return new BusinessCalendar(
                name, calendar.days(), calendar.windows(), calendar.makeUp(), calendar.validUntil());
    }

    private static EnumSet<DayOfWeek> weekdays(List<DayOfWeek> days) {
        EnumSet<DayOfWeek> set = EnumSet.noneOf(DayOfWeek.class);
        set.addAll(days);
        return set;
    }
}
