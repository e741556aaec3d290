package dev.belfry.core.schedule;

/** A field of a cron expression: its place from 0, the values it takes and their names. */
enum CronField {
    SECONDS(0, "seconds", 0, 59, ""),
    MINUTES(1, "minutes", 0, 59, ""),
    HOURS(2, "hours", 0, 23, ""),
    DAY_OF_MONTH(3, "day-of-month", 1, 31, ""),
    MONTH(4, "month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"),
    DAY_OF_WEEK(5, "day-of-week", 1, 7, "SUNMONTUEWEDTHUFRISAT"),
    YEAR(6, "year", CronDays.FIRST_YEAR, CronDays.LAST_YEAR, "");

    private static final CronField[] ALL = values();

    final int place;
    final String label;
    final int min;
    final int max;
    private final String names;

    CronField(int place, String label, int min, int max, String names) {
        this.place = place;
        this.label = label;
        this.min = min;
        this.max = max;
        this.names = names;
    }

    static CronField at(int place) {
        return ALL[place];
    }

    boolean hasNames() {
        return !names.isEmpty();
    }

    /** Two of the names, for a hint. */
    String sampleNames() {
        return names.substring(0, 3) + " or " + names.substring(3, 6);
    }

    /** The value that three letters of {@code text} from {@code at} name, whatever their case, or -1. */
    int named(String text, int at) {
        for (int i = 0; i < names.length(); i += 3) {
            if (names.regionMatches(true, i, text, at, 3)) {
                return min + i / 3;
            }
        }
        return -1;
    }

    /** How far a range that wraps (22-2, FRI-MON) goes round; 0 where it may not. */
    int cycle() {
        return this == YEAR ? 0 : max - min + 1;
    }

    String range() {
        return min + "-" + max;
    }
}
