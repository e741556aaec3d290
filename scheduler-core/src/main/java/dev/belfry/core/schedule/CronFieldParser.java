package dev.belfry.core.schedule;

/**
 * Reads one field of a cron expression into bit sets. Where Quartz reads part of an item and silently drops the rest
 * (a step after a name, a second day beside {@code MON#2}), the item is refused: a schedule is honoured or not accepted.
 */
final class CronFieldParser {
    private static final int HUGE = 1_000_000;

    private final String text;
    private final CronField field;
    private final int start;
    private final int end;
    private int at;

    private final long[] values = new long[3];
    private int fromLast;
    private int nearest;
    private int nearestFromLast;
    private int nth;
    private boolean unspecified;
    private int special = -1;

    CronFieldParser(String text, CronField field, int start, int end) {
        this.text = text;
        this.field = field;
        this.start = start;
        this.end = end;
        this.at = start;
    }

    /** All years of the dialect. */
    static long[] allYears() {
        return new long[] {-1L, -1L, 3L};
    }

    /** Values below 64, bit n for n. */
    long values() {
        return values[0];
    }

    /** Years, bit n of the array for 1970 + n. */
    long[] years() {
        return values;
    }

    int fromLast() {
        return fromLast;
    }

    int nearest() {
        return nearest;
    }

    int nearestFromLast() {
        return nearestFromLast;
    }

    /** 1 to 5 for {@code #}, -1 for the last weekday of the month, else 0. */
    int nth() {
        return nth;
    }

    boolean unspecified() {
        return unspecified;
    }

    void parse() {
        if (peek(0) == '?' && end - start == 1) {
            if (field != CronField.DAY_OF_MONTH && field != CronField.DAY_OF_WEEK) {
                throw refused(at, "? in " + field.label, "? is for day-of-month or day-of-week only; write *");
            }
            unspecified = true;
            return;
        }
        while (true) {
            if (at == end || peek(0) == ',') {
                throw refused(at, "empty item in the list of " + field.label, "remove the comma or write a value");
            }
            item();
            if (at == end) {
                break;
            }
            if (peek(0) != ',') {
                throw unexpected();
            }
            at++;
        }
        checkSpecialAlone();
    }

    private void item() {
        char c = peek(0);
        if (c == '*') {
            at++;
            addStepped(field.min, field.max, peek(0) == '/' ? step() : 1);
        } else if (c == '/') {
            addStepped(field.min, field.max, step());
        } else if (c == 'L' && (field == CronField.DAY_OF_MONTH || !isLetter(1))) {
            last();
        } else if (isLetter(0)) {
            named();
        } else if (isDigit()) {
            numbered();
        } else {
            throw unexpected();
        }
    }

    private void last() {
        int from = at++;
        if (field == CronField.DAY_OF_WEEK) {
            special = from;
            addStepped(7, 7, 1);
            return;
        }
        if (field != CronField.DAY_OF_MONTH) {
            throw refused(from, "L in " + field.label, "L is for day-of-month or day-of-week only");
        }
        int offset = 0;
        if (peek(0) == '-') {
            at++;
            int number = at;
            offset = number("an offset from the last day, as in L-3,");
            if (offset > 30) {
                throw refused(number, "offset from the last day above 30", "write L-0 to L-30");
            }
        }
        if (peek(0) == 'W') {
            at++;
            nearestFromLast |= 1 << offset;
        } else {
            fromLast |= 1 << offset;
        }
    }

    private void numbered() {
        int from = at;
        int value = number("a number");
        if (peek(0) == 'W') {
            dayWithW(value, from);
            return;
        }
        checkRange(value, from);
        if (weekdayOfMonth(value, from)) {
            return;
        }
        if (peek(0) == '-') {
            at++;
            int upper = at;
            if (isLetter(0)) {
                throw refused(at, "a range from a number to a name", "write numbers or names on both sides");
            }
            int to = number("the end of the range");
            checkRange(to, upper);
            addRange(value, to, from, peek(0) == '/' ? step() : 1);
        } else if (peek(0) == '/') {
            addStepped(value, field.max, step());
        } else {
            addStepped(value, value, 1);
        }
    }

    private void named() {
        int from = at;
        int value = name();
        if (weekdayOfMonth(value, from)) {
            return;
        }
        int to = value;
        if (peek(0) == '-') {
            at++;
            if (isDigit()) {
                throw refused(at, "a range from a name to a number", "write numbers or names on both sides");
            }
            to = name();
        }
        if (peek(0) == '/') {
            throw refused(
                    at,
                    "a step after a name",
                    "write the range in numbers, as in " + field.min + "-" + field.max + "/2");
        }
        addRange(value, to, from, 1);
    }

    private int name() {
        int from = at;
        while (isLetter(0)) {
            at++;
        }
        // FRIL is a name and an L; no name ends in L after three letters otherwise.
        boolean withLast = field == CronField.DAY_OF_WEEK && at - from == 4 && peek(-1) == 'L';
        int value = at - from >= 3 ? field.named(text, from) : -1;
        if (value < 0) {
            throw refused(from, "\"" + excerpt(from, at) + "\" in " + field.label, nameHint());
        }
        if (at - from > 3 && !withLast) {
            throw refused(from + 3, "letters after " + excerpt(from, from + 3), "write names with three letters");
        }
        at = from + 3;
        return value;
    }

    private String nameHint() {
        return field.hasNames()
                ? "write " + field.range() + " or a name such as " + field.sampleNames()
                : "write a number " + field.range();
    }

    private void dayWithW(int value, int from) {
        if (field != CronField.DAY_OF_MONTH) {
            throw refused(at, "W in " + field.label, "W is for day-of-month only, as in 15W");
        }
        checkRange(value, from);
        at++;
        nearest |= 1 << value;
    }

    /** Reads what may follow a weekday: L (last of the month) or # and a number. */
    private boolean weekdayOfMonth(int value, int from) {
        char c = peek(0);
        if (c != 'L' && c != '#') {
            return false;
        }
        if (field != CronField.DAY_OF_WEEK) {
            throw refused(at, c + " after a value in " + field.label, c + " after a value is for day-of-week only");
        }
        at++;
        if (c == 'L') {
            nth = -1;
        } else {
            int number = at;
            nth = number("a number 1-5");
            if (nth < 1 || nth > 5) {
                throw refused(number, "# followed by " + excerpt(number, at), "write a number 1-5 after #");
            }
        }
        special = from;
        addStepped(value, value, 1);
        return true;
    }

    private void checkSpecialAlone() {
        if (special >= 0 && (special != start || text.lastIndexOf(',', end - 1) > start)) {
            throw refused(special, "L or # in a list of weekdays", "use one trigger for each");
        }
    }

    private int step() {
        int from = ++at;
        int step = number("a step after /");
        if (step == 0) {
            throw refused(from, "a step of 0", "write a step of 1 or more");
        }
        if (step > field.max) {
            throw refused(from, "a step too large for " + field.label, "write a step of 1-" + field.max);
        }
        return step;
    }

    private int number(String what) {
        if (!isDigit()) {
            throw refused(
                    at,
                    at == end ? what + " is missing" : what + " is missing before '" + peek(0) + "'",
                    "write digits");
        }
        int value = 0;
        while (isDigit()) {
            value = Math.min(HUGE, value * 10 + (text.charAt(at++) - '0'));
        }
        return value;
    }

    private void checkRange(int value, int from) {
        if (value < field.min || value > field.max) {
            String hint = field == CronField.DAY_OF_WEEK ? nameHint() + ", 1 being Sunday" : nameHint();
            throw refused(from, field.label + " " + excerpt(from, at) + " is out of range", hint);
        }
    }

    private void addRange(int from, int to, int position, int step) {
        if (to >= from) {
            addStepped(from, to, step);
            return;
        }
        int cycle = field.cycle();
        if (cycle == 0) {
            throw refused(position, "a range of years that ends before it begins", "write the earlier year first");
        }
        for (int value = from; value <= to + cycle; value += step) {
            set(value > field.max ? value - cycle : value);
        }
    }

    private void addStepped(int from, int to, int step) {
        for (int value = from; value <= to; value += step) {
            set(value);
        }
    }

    private void set(int value) {
        int bit = field == CronField.YEAR ? value - field.min : value;
        values[bit >>> 6] |= 1L << (bit & 63);
    }

    private CronSyntaxException unexpected() {
        char c = text.charAt(at);
        String hint = c == '?'
                ? "? must stand alone"
                : "write " + (field.hasNames() ? "numbers, names" : "numbers") + ", or * - / , between them";
        return refused(at, "unexpected '" + c + "' in " + field.label, hint);
    }

    private CronSyntaxException refused(int position, String reason, String hint) {
        return new CronSyntaxException(text, position, reason, hint);
    }

    private String excerpt(int from, int to) {
        return to - from <= 20 ? text.substring(from, to) : text.substring(from, from + 20) + "...";
    }

    /** The character at an offset from here in upper case; NUL outside the field. */
    private char peek(int offset) {
        int index = at + offset;
        if (index < start || index >= end) {
            return 0;
        }
        char c = text.charAt(index);
        return c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
    }

    private boolean isLetter(int offset) {
        char c = peek(offset);
        return c >= 'A' && c <= 'Z';
    }

    private boolean isDigit() {
        char c = peek(0);
        return c >= '0' && c <= '9';
    }
}
