package dev.belfry.core.schedule;

import org.jspecify.annotations.Nullable;

/** A parsed cron expression as a set of local date-times at second resolution, without any zone. Immutable. */
final class CronFields {
    /** No such second. */
    static final long NONE = Long.MAX_VALUE;

    private static final int DAY = 86_400;

    private final long seconds;
    private final long minutes;
    private final int hours;
    private final CronDays days;

    CronFields(long seconds, long minutes, int hours, CronDays days) {
        this.seconds = seconds;
        this.minutes = minutes;
        this.hours = hours;
        this.days = days;
    }

    /**
     * The first matching local second at or after {@code from}, or {@link #NONE}. Local seconds count from
     * 1970-01-01T00:00:00 on a clock that never changes.
     */
    long next(long from, @Nullable MakeUpDays makeUp) {
        long day = Math.floorDiv(from, (long) DAY);
        long matching = days.next(day, makeUp);
        if (matching == day) {
            int second = nextInDay((int) (from - day * DAY));
            if (second >= 0) {
                return day * DAY + second;
            }
            matching = days.next(day + 1, makeUp);
        }
        return matching == CronDays.NONE ? NONE : matching * DAY + firstFromHour(hours);
    }

    private int nextInDay(int from) {
        int hour = from / 3600;
        int minute = from / 60 % 60;
        int second = from % 60;
        if (((hours >>> hour) & 1) != 0) {
            if (((minutes >>> minute) & 1) != 0) {
                long left = seconds & (-1L << second);
                if (left != 0) {
                    return hour * 3600 + minute * 60 + Long.numberOfTrailingZeros(left);
                }
            }
            long left = minutes & (-1L << (minute + 1));
            if (left != 0) {
                return hour * 3600 + firstFromMinute(left);
            }
        }
        int left = hours & (-1 << (hour + 1));
        return left == 0 ? -1 : firstFromHour(left);
    }

    private int firstFromHour(int hoursLeft) {
        return Integer.numberOfTrailingZeros(hoursLeft) * 3600 + firstFromMinute(minutes);
    }

    private int firstFromMinute(long minutesLeft) {
        return Long.numberOfTrailingZeros(minutesLeft) * 60 + Long.numberOfTrailingZeros(seconds);
    }
}
