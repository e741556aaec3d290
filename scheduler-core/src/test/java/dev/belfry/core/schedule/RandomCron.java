package dev.belfry.core.schedule;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.BitSet;
import java.util.Locale;
import java.util.Random;
import java.util.function.Predicate;

/**
 * A random well-formed expression together with a naive reading of it, made side by side so that neither needs a parser.
 *
 * @param matches whether the expression fires at a local time
 * @param interval whether it is interval-like
 */
record RandomCron(String text, Predicate<LocalDateTime> matches, boolean interval) {
    private static final String[] MONTHS = {
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"
    };
    private static final String[] WEEKDAYS = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

    private record Field(String text, BitSet values) {
        boolean holds(int value) {
            return values.get(value);
        }
    }

    private record Days(String ofMonth, String ofWeek, Predicate<LocalDate> matches) {}

    /** What a generated expression may contain. */
    record Shape(boolean quartzReadsItRight, boolean mostDays) {}

    static RandomCron next(Random random, Shape shape) {
        Field second = random.nextInt(3) == 0 ? field(random, 0, 59, null) : single(random, 0, 59);
        Field minute = random.nextInt(3) == 0 ? field(random, 0, 59, null) : single(random, 0, 59);
        Field hour = field(random, 0, 23, null);
        Field month = random.nextInt(3) > 0 || shape.mostDays ? all(1, 12) : field(random, 1, 12, MONTHS);
        Days days = shape.mostDays && random.nextInt(4) > 0
                ? new Days("*", "?", date -> true)
                : days(random, shape.quartzReadsItRight);
        Field year = random.nextInt(4) > 0 || shape.mostDays ? null : years(random);
        String text = String.join(
                random.nextInt(10) == 0 ? "  \t" : " ",
                second.text,
                minute.text,
                hour.text,
                days.ofMonth,
                month.text,
                days.ofWeek,
                year == null ? "" : year.text);
        text = random.nextInt(5) == 0 ? text.toLowerCase(Locale.ROOT) : text;
        String time = second.text + minute.text + hour.text;
        return new RandomCron(
                text,
                at -> second.holds(at.getSecond())
                        && minute.holds(at.getMinute())
                        && hour.holds(at.getHour())
                        && month.holds(at.getMonthValue())
                        && (year == null || year.holds(at.getYear()))
                        && at.getYear() >= 1970
                        && at.getYear() <= 2099
                        && days.matches.test(at.toLocalDate()),
                time.contains("*") || time.contains("/"));
    }

    private static Field years(Random random) {
        int from = 1970 + random.nextInt(130);
        int to = Math.min(2099, from + random.nextInt(20));
        int step = 1 + random.nextInt(4);
        BitSet values = new BitSet();
        return switch (random.nextInt(4)) {
            case 0 -> stepped(from + "-" + to, values, from, to, 1);
            case 1 -> stepped(from + "-" + to + "/" + step, values, from, to, step);
            case 2 -> stepped(from + "/" + step, values, from, 2099, step);
            default -> stepped(from + "," + to, values, from, to, Math.max(1, to - from));
        };
    }

    private static Field stepped(String text, BitSet values, int from, int to, int step) {
        for (int value = from; value <= to; value += step) {
            values.set(value);
        }
        return new Field(text, values);
    }

    private static Field all(int min, int max) {
        return stepped("*", new BitSet(), min, max, 1);
    }

    private static Field single(Random random, int min, int max) {
        int value = min + random.nextInt(max - min + 1);
        return stepped((random.nextInt(8) == 0 && value < 10 ? "0" : "") + value, new BitSet(), value, value, 1);
    }

    private static Field field(Random random, int min, int max, String[] names) {
        int from = min + random.nextInt(max - min + 1);
        int step = 1 + random.nextInt(max);
        return switch (random.nextInt(9)) {
            case 0 -> all(min, max);
            case 1 -> stepped("*/" + step, new BitSet(), min, max, step);
            case 2 -> stepped("/" + step, new BitSet(), min, max, step);
            case 3 -> stepped(from + "/" + step, new BitSet(), from, max, step);
            case 4, 5 -> range(random, min, max, names);
            case 6 -> list(random, min, max, names);
            default ->
                names == null ? single(random, min, max) : stepped(names[from - min], new BitSet(), from, from, 1);
        };
    }

    private static Field range(Random random, int min, int max, String[] names) {
        int from = min + random.nextInt(max - min + 1);
        int to = min + random.nextInt(max - min + 1);
        int step = names == null && random.nextBoolean() ? 1 + random.nextInt(5) : 1;
        BitSet values = new BitSet();
        int size = max - min + 1;
        // Walk the circle of values from the one end to the other.
        for (int offset = 0; offset <= Math.floorMod(to - from, size); offset += step) {
            values.set(min + Math.floorMod(from - min + offset, size));
        }
        String ends =
                names == null || random.nextBoolean() ? from + "-" + to : names[from - min] + "-" + names[to - min];
        return new Field(step == 1 ? ends : ends + "/" + step, values);
    }

    private static Field list(Random random, int min, int max, String[] names) {
        Field left = random.nextBoolean() ? range(random, min, max, names) : single(random, min, max);
        Field right = random.nextInt(4) == 0 ? list(random, min, max, names) : single(random, min, max);
        BitSet values = (BitSet) left.values.clone();
        values.or(right.values);
        return new Field(left.text + "," + right.text, values);
    }

    private static Days days(Random random, boolean quartzReadsItRight) {
        int weekday = 1 + random.nextInt(7);
        int offset = random.nextInt(31);
        String name = random.nextBoolean() ? WEEKDAYS[weekday - 1] : "" + weekday;
        switch (random.nextInt(quartzReadsItRight ? 9 : 11)) {
            case 0:
                return new Days("*", "?", date -> true);
            case 1:
            case 2:
                Field week = field(random, 1, 7, WEEKDAYS);
                return new Days(
                        "?", week.text, date -> week.holds(date.getDayOfWeek().getValue() % 7 + 1));
            case 3:
                Field month = field(random, 1, 31, null);
                return new Days(month.text, "?", date -> month.holds(date.getDayOfMonth()));
            case 4:
                return new Days(
                        "?",
                        name + "L",
                        date -> is(date, weekday) && date.plusDays(7).getMonth() != date.getMonth());
            case 5:
                int nth = 1 + random.nextInt(5);
                return new Days(
                        "?", name + "#" + nth, date -> is(date, weekday) && (date.getDayOfMonth() - 1) / 7 == nth - 1);
            case 6:
                return new Days("?", "L", date -> is(date, 7));
            case 7:
                return fromLast(random, offset, quartzReadsItRight);
            case 8:
                return nearest(random, offset);
            case 9:
                Days one = nearest(random, offset);
                Days two = nearest(random, random.nextInt(31));
                return new Days(one.ofMonth + "," + two.ofMonth, "?", one.matches.or(two.matches));
            default:
                Days moved = nearest(random, offset);
                Field fixed = list(random, 1, 31, null);
                return new Days(
                        fixed.text + "," + moved.ofMonth,
                        "?",
                        moved.matches.or(date -> fixed.holds(date.getDayOfMonth())));
        }
    }

    // In months shorter than 31 days Quartz loses L-3 beside a fixed day that comes later; beside L nothing comes
    // later.
    private static Days fromLast(Random random, int offset, boolean quartzReadsItRight) {
        Predicate<LocalDate> atOffset = date -> date.lengthOfMonth() - offset == date.getDayOfMonth();
        if (random.nextBoolean()) {
            return new Days("L-" + offset, "?", atOffset);
        }
        Field some = list(random, 1, 31, null);
        Predicate<LocalDate> fixed = date -> some.holds(date.getDayOfMonth());
        return quartzReadsItRight
                ? new Days(some.text + ",L", "?", fixed.or(date -> date.lengthOfMonth() == date.getDayOfMonth()))
                : new Days(some.text + ",L-" + offset, "?", fixed.or(atOffset));
    }

    private static Days nearest(Random random, int offset) {
        int day = 1 + random.nextInt(31);
        return switch (random.nextInt(3)) {
            case 0 -> new Days(day + "W", "?", date -> isNearestWeekday(date, day));
            case 1 -> new Days("LW", "?", date -> isNearestWeekday(date, date.lengthOfMonth()));
            default ->
                new Days("L-" + offset + "W", "?", date -> isNearestWeekday(date, date.lengthOfMonth() - offset));
        };
    }

    private static boolean is(LocalDate date, int weekday) {
        return date.getDayOfWeek().getValue() % 7 + 1 == weekday;
    }

    private static boolean isNearestWeekday(LocalDate date, int target) {
        if (target < 1 || target > date.lengthOfMonth()) {
            return false;
        }
        int best = 0;
        for (int day = 1; day <= date.lengthOfMonth(); day++) {
            boolean working = date.withDayOfMonth(day).getDayOfWeek().getValue() <= 5;
            if (working && (best == 0 || Math.abs(day - target) < Math.abs(best - target))) {
                best = day;
            }
        }
        return best == date.getDayOfMonth();
    }
}
