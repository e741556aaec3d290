package dev.belfry.core.schedule;

import dev.belfry.core.schedule.CronDays.MonthRule;
import dev.belfry.core.schedule.CronDays.WeekRule;

/**
 * Reads one cron expression: splits it at white space and hands each field to a {@link CronFieldParser}; judges what
 * concerns several fields. One pass, no backtracking.
 */
final class CronParser {
    private static final int MOST = 7;
    private static final int LEAST = 6;

    private final String text;
    private final int[] starts = new int[MOST + 1];
    private final int[] ends = new int[MOST + 1];
    private int count;

    CronParser(String text) {
        this.text = text;
    }

    CronFields parse() {
        split();
        checkCount();
        CronFieldParser[] read = new CronFieldParser[MOST];
        for (int i = 0; i < count; i++) {
            read[i] = new CronFieldParser(text, CronField.at(i), starts[i], ends[i]);
            read[i].parse();
        }
        CronFieldParser dayOfMonth = read[CronField.DAY_OF_MONTH.place];
        CronFieldParser dayOfWeek = read[CronField.DAY_OF_WEEK.place];
        checkOneDayField(dayOfMonth, dayOfWeek);
        CronFieldParser year = read[CronField.YEAR.place];
        CronDays days = new CronDays(
                new MonthRule(
                        (int) dayOfMonth.values(),
                        dayOfMonth.fromLast(),
                        dayOfMonth.nearest(),
                        dayOfMonth.nearestFromLast()),
                new WeekRule((int) dayOfWeek.values(), dayOfWeek.nth()),
                (int) read[CronField.MONTH.place].values(),
                year == null ? CronFieldParser.allYears() : year.years());
        return new CronFields(read[0].values(), read[1].values(), (int) read[2].values(), days);
    }

    /** Whether one of the first three fields holds {@code *} or {@code /}; after {@link #parse}. */
    boolean intervalLike() {
        for (int i = starts[0]; i < ends[CronField.HOURS.place]; i++) {
            if (text.charAt(i) == '*' || text.charAt(i) == '/') {
                return true;
            }
        }
        return false;
    }

    private void split() {
        int i = 0;
        while (count <= MOST) {
            while (i < text.length() && isSpace(text.charAt(i))) {
                i++;
            }
            if (i == text.length()) {
                return;
            }
            starts[count] = i;
            while (i < text.length() && !isSpace(text.charAt(i))) {
                i++;
            }
            ends[count++] = i;
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private void checkCount() {
        if (count > MOST) {
            throw new CronSyntaxException(
                    text,
                    starts[MOST],
                    "more than 7 fields",
                    "write seconds minutes hours day-of-month month day-of-week and perhaps a year, without spaces"
                            + " inside a field");
        }
        if (count >= LEAST) {
            return;
        }
        if (count > 0 && text.charAt(starts[0]) == '@') {
            throw new CronSyntaxException(
                    text, starts[0], "names such as @daily are not supported", "for once a day write \"0 0 0 * * ?\"");
        }
        throw new CronSyntaxException(
                text,
                text.length(),
                count + (count == 1 ? " field" : " fields") + " where 6 or 7 are needed",
                countHint());
    }

    private String countHint() {
        return count == 5
                ? "add a seconds field in front, such as 0, and write ? for day-of-month or day-of-week"
                : "write seconds minutes hours day-of-month month day-of-week, as in \"0 30 4 * * ?\"";
    }

    private void checkOneDayField(CronFieldParser dayOfMonth, CronFieldParser dayOfWeek) {
        int at = starts[CronField.DAY_OF_WEEK.place];
        if (dayOfMonth.unspecified() && dayOfWeek.unspecified()) {
            throw new CronSyntaxException(
                    text, at, "day-of-month and day-of-week are both ?", "write * in one of them for every day");
        }
        if (!dayOfMonth.unspecified() && !dayOfWeek.unspecified()) {
            throw new CronSyntaxException(
                    text,
                    at,
                    "day-of-month and day-of-week are both given",
                    "write ? in one of them; for days that satisfy either use two triggers");
        }
    }
}
