package dev.belfry.console.proof;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A cron expression as two questions: does a date match, and at which seconds of such a day does it fire. Reads only
 * expressions that were accepted before; anything else is an {@link IllegalArgumentException}.
 */
final class CronText {
    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> WEEKDAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    /** Whether a date matches, where {@code standIn} is the weekday that it stands for. */
    private interface Days {
        boolean match(LocalDate date, DayOfWeek standIn);
    }

    private final int[] seconds;
    private final Days days;
    private final BitSet months;
    private final BitSet years;
    private final boolean intervalLike;

    private CronText(int[] seconds, Days days, BitSet months, BitSet years, boolean intervalLike) {
        this.seconds = seconds;
        this.days = days;
        this.months = months;
        this.years = years;
        this.intervalLike = intervalLike;
    }

    static CronText read(String text) {
        String[] fields = text.strip().toUpperCase(Locale.ROOT).split("[ \\t\\r\\n]+");
        if (fields.length != 6 && fields.length != 7) {
            throw new IllegalArgumentException("not a cron expression: " + text);
        }
        BitSet hours = values(fields[2], 0, 23, List.of());
        BitSet minutes = values(fields[1], 0, 59, List.of());
        BitSet secondsOfMinute = values(fields[0], 0, 59, List.of());
        int[] seconds = IntStream.range(0, 86_400)
                .filter(s -> hours.get(s / 3_600) && minutes.get(s / 60 % 60) && secondsOfMinute.get(s % 60))
                .toArray();
        String clock = fields[0] + fields[1] + fields[2];
        return new CronText(
                seconds,
                fields[3].equals("?") ? weekdays(fields[5]) : monthDays(fields[3]),
                values(fields[4], 1, 12, MONTHS),
                fields.length == 7 ? values(fields[6], 1970, 2099, List.of()) : values("*", 1970, 2099, List.of()),
                clock.contains("*") || clock.contains("/"));
    }

    /** The seconds of a matching day, ascending. */
    int[] seconds() {
        return seconds;
    }

    boolean intervalLike() {
        return intervalLike;
    }

    boolean matches(LocalDate date, DayOfWeek standIn) {
        return date.getYear() >= 1970
                && years.get(date.getYear())
                && months.get(date.getMonthValue())
                && days.match(date, standIn);
    }

    private static Days weekdays(String field) {
        int sharp = field.indexOf('#');
        if (sharp > 0) {
            DayOfWeek wanted = weekday(field.substring(0, sharp));
            int nth = Integer.parseInt(field.substring(sharp + 1));
            return (date, standIn) -> date.getDayOfWeek() == wanted && (date.getDayOfMonth() + 6) / 7 == nth;
        }
        if (field.length() > 1 && field.endsWith("L")) {
            DayOfWeek wanted = weekday(field.substring(0, field.length() - 1));
            return (date, standIn) ->
                    date.getDayOfWeek() == wanted && date.plusDays(7).getMonthValue() != date.getMonthValue();
        }
        BitSet wanted = values(field.equals("L") ? "SAT" : field, 1, 7, WEEKDAYS);
        return (date, standIn) -> wanted.get(standIn.getValue() % 7 + 1);
    }

    private static DayOfWeek weekday(String word) {
        int sundayIsOne = number(word, 1, WEEKDAYS);
        return DayOfWeek.of(sundayIsOne == 1 ? 7 : sundayIsOne - 1);
    }

    private static Days monthDays(String field) {
        List<Days> parts = new ArrayList<>();
        for (String part : field.split(",")) {
            if (part.contains("L") || part.contains("W")) {
                parts.add(special(part));
            } else {
                BitSet wanted = values(part, 1, 31, List.of());
                parts.add((date, standIn) -> wanted.get(date.getDayOfMonth()));
            }
        }
        return (date, standIn) -> parts.stream().anyMatch(part -> part.match(date, standIn));
    }

    /** {@code L}, {@code L-3}, {@code 15W}, {@code LW}, {@code L-3W}. */
    private static Days special(String part) {
        boolean nearest = part.endsWith("W");
        String day = nearest ? part.substring(0, part.length() - 1) : part;
        boolean fromLast = day.startsWith("L");
        int number = fromLast ? (day.length() > 1 ? Integer.parseInt(day.substring(2)) : 0) : Integer.parseInt(day);
        return (date, standIn) -> {
            int length = date.lengthOfMonth();
            int wanted = fromLast ? length - number : number;
            if (wanted < 1 || wanted > length) {
                return false;
            }
            LocalDate target = date.withDayOfMonth(wanted);
            return date.equals(nearest ? nearestWeekday(target) : target);
        };
    }

    private static LocalDate nearestWeekday(LocalDate date) {
        LocalDate moved = date;
        if (date.getDayOfWeek() == DayOfWeek.SATURDAY) {
            moved = date.getDayOfMonth() == 1 ? date.plusDays(2) : date.minusDays(1);
        } else if (date.getDayOfWeek() == DayOfWeek.SUNDAY) {
            moved = date.getDayOfMonth() == date.lengthOfMonth() ? date.minusDays(2) : date.plusDays(1);
        }
        return moved;
    }

    private static BitSet values(String field, int min, int max, List<String> names) {
        BitSet values = new BitSet();
        for (String part : field.split(",")) {
            int slash = part.indexOf('/');
            int step = slash < 0 ? 1 : Integer.parseInt(part.substring(slash + 1));
            String range = slash < 0 ? part : part.substring(0, slash);
            int dash = range.indexOf('-');
            int first;
            int last;
            if (range.isEmpty() || range.equals("*")) {
                first = min;
                last = max;
            } else if (dash > 0) {
                first = number(range.substring(0, dash), min, names);
                last = number(range.substring(dash + 1), min, names);
            } else {
                first = number(range, min, names);
                last = slash < 0 ? first : max;
            }
            int size = max - min + 1;
            int end = last < first ? last + size : last;
            for (int value = first; value <= end; value += step) {
                values.set(min + (value - min) % size);
            }
        }
        return values;
    }

    private static int number(String word, int min, List<String> names) {
        int named = names.indexOf(word);
        return named >= 0 ? named + min : Integer.parseInt(word);
    }

    @Override
    public String toString() {
        return "CronText" + Arrays.hashCode(seconds);
    }
}
