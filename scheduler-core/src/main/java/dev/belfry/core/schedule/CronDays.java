package dev.belfry.core.schedule;

import org.jspecify.annotations.Nullable;

/**
 * The days on which a cron expression fires, as bit sets: immutable, a few dozen bytes, no garbage per look-up.
 *
 * <p>Days are numbered from 1970-01-01. The conversion between a day number and year, month, day is the usual one by eras of
 * 400 years that begin in March (described by Howard Hinnant, "chrono-compatible low-level date algorithms").
 */
final class CronDays {
    static final int FIRST_YEAR = 1970;
    static final int LAST_YEAR = 2099;
    /** No such day. */
    static final long NONE = Long.MAX_VALUE;

    // One bit a week from bit 0: multiplied by a set of weekdays it paints that set on five weeks.
    private static final long WEEKS = 1L | (1L << 7) | (1L << 14) | (1L << 21) | (1L << 28);

    /**
     * The day fields as read. Sets of days have bit d for day d; sets of offsets have bit k for "k days before the last of the
     * month"; weekdays have bit 1 for Sunday to bit 7 for Saturday. Of the two rules exactly one is in force.
     *
     * @param ofMonth days of the month
     * @param fromLast offsets from the last day
     * @param nearest days to be moved to the nearest weekday of the month (15W)
     * @param nearestFromLast offsets to be moved in the same way (LW, L-3W)
     */
    record MonthRule(int ofMonth, int fromLast, int nearest, int nearestFromLast) {}

    /**
     * @param days weekdays, bit 1 Sunday to bit 7 Saturday; empty if the day of the month rules
     * @param nth 0 for every week, 1 to 5 for the n-th of the month, -1 for the last
     */
    record WeekRule(int days, int nth) {}

    private final int ofMonth;
    private final int fromLast;
    private final int nearest;
    private final int nearestFromLast;
    private final int weekdays;
    private final int nth;
    private final int months;
    private final long years0;
    private final long years1;
    private final long years2;

    CronDays(MonthRule month, WeekRule week, int months, long[] years) {
        this.ofMonth = month.ofMonth();
        this.fromLast = month.fromLast();
        this.nearest = month.nearest();
        this.nearestFromLast = month.nearestFromLast();
        this.weekdays = week.days();
        this.nth = week.nth();
        this.months = months;
        this.years0 = years[0];
        this.years1 = years[1];
        this.years2 = years[2];
    }

    /** The first day at or after {@code day} on which the expression fires, or {@link #NONE}. */
    long next(long day, @Nullable MakeUpDays makeUp) {
        long from = Math.max(day, 0);
        if (from > 60_000) {
            return NONE; // beyond 2099, and so far out that the arithmetic below could overflow
        }
        int date = civil(from);
        int year = date >>> 9;
        int month = (date >>> 5) & 15;
        int dayOfMonth = date & 31;
        while (true) {
            int wanted = months & (-1 << month);
            if (wanted == 0 || !hasYear(year)) {
                year = nextYear(year + 1);
                month = 1;
                dayOfMonth = 1;
                if (year < 0) {
                    return NONE;
                }
                continue;
            }
            int found = Integer.numberOfTrailingZeros(wanted);
            if (found > month) {
                month = found;
                dayOfMonth = 1;
            }
            long first = dayNumber(year, month);
            int days = daysOf(year, month, first, makeUp) & (-1 << dayOfMonth);
            if (days != 0) {
                return first + Integer.numberOfTrailingZeros(days) - 1;
            }
            month++; // 13 finds no month, and so the next year
            dayOfMonth = 1;
        }
    }

    private boolean hasYear(int year) {
        int bit = year - FIRST_YEAR;
        return bit < 192 && ((yearWord(bit >>> 6) >>> (bit & 63)) & 1) != 0;
    }

    private int nextYear(int from) {
        int bit = from - FIRST_YEAR;
        while (bit < 192) {
            long rest = yearWord(bit >>> 6) >>> (bit & 63);
            if (rest != 0) {
                return FIRST_YEAR + bit + Long.numberOfTrailingZeros(rest);
            }
            bit = (bit | 63) + 1;
        }
        return -1;
    }

    private long yearWord(int word) {
        return word == 0 ? years0 : word == 1 ? years1 : years2;
    }

    private int daysOf(int year, int month, long first, @Nullable MakeUpDays makeUp) {
        int length = lengthOf(year, month);
        int all = (int) ((2L << length) - 2);
        if (weekdays == 0) {
            return daysByMonthRule(length, all, first);
        }
        int sundayBased = (int) Math.floorMod(first + 4, 7L); // 1970-01-01 was a Thursday
        if (nth != 0) {
            return nthWeekday(length, sundayBased);
        }
        int week = weekdays >>> 1;
        int turned = ((week >>> sundayBased) | (week << (7 - sundayBased))) & 127;
        int days = (int) ((turned * WEEKS) << 1) & all;
        return makeUp == null ? days : makeUp.patch(days, first, length, weekdays);
    }

    private int nthWeekday(int length, int sundayBased) {
        int weekday = Integer.numberOfTrailingZeros(weekdays) - 1;
        int first = 1 + (weekday - sundayBased + 7) % 7;
        int day = nth > 0 ? first + 7 * (nth - 1) : first + (length - first) / 7 * 7;
        return day <= length ? 1 << day : 0;
    }

    private int daysByMonthRule(int length, int all, long first) {
        int days = ofMonth | mirrored(fromLast, length);
        int rest = (nearest | mirrored(nearestFromLast, length)) & all;
        while (rest != 0) {
            int day = Integer.numberOfTrailingZeros(rest);
            rest &= rest - 1;
            days |= 1 << nearestWeekday(day, length, first);
        }
        return days & all;
    }

    /** Turns offsets from the last day into days: bit k becomes bit length - k. */
    private static int mirrored(int offsets, int length) {
        return offsets == 0 ? 0 : Integer.reverse(offsets) >>> (31 - length);
    }

    /** Monday to Friday nearest to the day, never in another month. */
    private static int nearestWeekday(int day, int length, long first) {
        int weekday = (int) Math.floorMod(first + day - 1 + 4, 7L);
        if (weekday == 6) {
            return day == 1 ? 3 : day - 1;
        }
        if (weekday == 0) {
            return day == length ? day - 2 : day + 1;
        }
        return day;
    }

    private static int lengthOf(int year, int month) {
        if (month == 2) {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        }
        return 30 + ((month + (month >>> 3)) & 1);
    }

    /** Year, month and day of the month of a day number from 0, packed as year << 9 | month << 5 | day. */
    static int civil(long day) {
        int shifted = (int) day + 719_468; // days since 0000-03-01
        int era = shifted / 146_097;
        int dayOfEra = shifted - era * 146_097;
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int marchBased = (5 * dayOfYear + 2) / 153;
        int dayOfMonth = dayOfYear - (153 * marchBased + 2) / 5 + 1;
        int month = marchBased < 10 ? marchBased + 3 : marchBased - 9;
        int year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return (year << 9) | (month << 5) | dayOfMonth;
    }

    /** The number of the first day of a month. */
    static long dayNumber(int year, int month) {
        int marchYear = month <= 2 ? year - 1 : year;
        int era = marchYear / 400;
        int yearOfEra = marchYear - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long) era * 146_097 + dayOfEra - 719_468;
    }
}
