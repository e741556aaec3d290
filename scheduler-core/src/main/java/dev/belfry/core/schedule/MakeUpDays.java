package dev.belfry.core.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.Map;
import java.util.SortedMap;

/** Dates that behave like another weekday, laid out so that a month of cron days can be corrected at once. */
final class MakeUpDays {
    private final long[] days;
    private final int[] weekdays;

    private MakeUpDays(SortedMap<LocalDate, DayOfWeek> dates) {
        this.days = new long[dates.size()];
        this.weekdays = new int[days.length];
        int i = 0;
        for (Map.Entry<LocalDate, DayOfWeek> date : dates.entrySet()) {
            days[i] = date.getKey().toEpochDay();
            weekdays[i++] = 1 << (date.getValue().getValue() % 7 + 1);
        }
    }

    static MakeUpDays of(SortedMap<LocalDate, DayOfWeek> dates) {
        return new MakeUpDays(dates);
    }

    /**
     * @param month the days of a month that fire, bit d for day d
     * @param first the number of the month's first day
     * @param wanted weekdays that fire, bit 1 Sunday to bit 7 Saturday
     */
    int patch(int month, long first, int length, int wanted) {
        int result = month;
        for (int i = 0; i < days.length; i++) {
            long day = days[i] - first;
            if (day >= 0 && day < length) {
                int bit = 2 << day;
                result = (weekdays[i] & wanted) != 0 ? result | bit : result & ~bit;
            }
        }
        return result;
    }
}
