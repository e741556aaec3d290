package dev.belfry.core.value;

import dev.belfry.core.schedule.BusinessCalendar;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A business date counted from the instant at which a run was due: {@code due}, {@code due-1d.date}, {@code due-1mo+1b.compact}.
 *
 * <p>Steps apply from left to right. {@code s m h} are exact lengths of time. {@code d w mo y} keep the local time: where the
 * clock leaps over it, it moves by the length of the gap; where the clock shows it twice, the first is meant, unless the instant
 * before the step was in the second. The last of a month stands for days that the month has not got. {@code b} counts days that
 * the trigger's calendar does not exclude.
 *
 * @param steps from the instant due on
 * @param format how the result is written
 */
record DateMacro(List<Step> steps, DateFormat format) {

    static final String WORD = "due";
    static final String WORDS = "${due}, or ${due-1d.date} with steps in s m h d w mo y b and one of the formats "
            + String.join(", ", DateFormat.names());

    private static final int MOST_STEPS = 4;
    private static final int LONGEST_SEARCH = 4_000;
    private static final Pattern STEP = Pattern.compile("([+-])([0-9]{1,9})([A-Za-z]+)");

    /** One step, forward or back. */
    record Step(int amount, DateUnit unit) {}

    /** No calendar date is far enough; the message says what was looked for. */
    static final class NoSuchDay extends Exception {
        private static final long serialVersionUID = 1L;

        NoSuchDay(String message) {
            super(message, null, false, false);
        }
    }

    DateMacro {
        steps = List.copyOf(steps);
    }

    /** Reads what stands between the braces; it begins with {@link #WORD}. */
    static DateMacro parse(String text) throws ValueSyntaxException {
        int dot = text.indexOf('.');
        int end = dot < 0 ? text.length() : dot;
        List<Step> steps = new ArrayList<>();
        Matcher matcher = STEP.matcher(text).region(WORD.length(), end);
        int at = WORD.length();
        while (at < end) {
            if (!matcher.lookingAt()) {
                throw new ValueSyntaxException("has no step here", WORDS, at);
            }
            steps.add(step(matcher));
            at = matcher.end();
            matcher.region(at, end);
        }
        if (steps.size() > MOST_STEPS) {
            throw new ValueSyntaxException("has " + steps.size() + " steps", "at most " + MOST_STEPS, WORD.length());
        }
        return new DateMacro(steps, dot < 0 ? DateFormat.INSTANT : DateFormat.parse(text, dot + 1));
    }

    private static Step step(Matcher matcher) throws ValueSyntaxException {
        DateUnit unit = DateUnit.parse(matcher.group(3), matcher.start(3));
        int amount = Integer.parseInt(matcher.group(2));
        if (amount < 1 || amount > unit.most()) {
            throw new ValueSyntaxException(
                    "steps by " + amount + matcher.group(3), "from 1 to " + unit.most(), matcher.start(2));
        }
        return new Step(matcher.group(1).equals("-") ? -amount : amount, unit);
    }

    /** Whether the result depends on the zone of the trigger. */
    boolean needsZone() {
        return format.local() || steps.stream().anyMatch(step -> !step.unit().exact());
    }

    /** Whether it counts by the calendar of the trigger. */
    boolean needsCalendar() {
        return steps.stream().anyMatch(step -> step.unit() == DateUnit.BUSINESS_DAYS);
    }

    String resolve(Due due) throws NoSuchDay {
        ZonedDateTime at = due.at().atZone(due.zone());
        for (Step step : steps) {
            at = step.unit() == DateUnit.BUSINESS_DAYS
                    ? businessDay(at, step.amount(), due)
                    : step.unit().plus(at, step.amount());
        }
        return format.write(at);
    }

    private static ZonedDateTime businessDay(ZonedDateTime from, int amount, Due due) throws NoSuchDay {
        BusinessCalendar calendar = due.calendar()
                .orElseThrow(() -> new NoSuchDay("there is no trigger with a calendar to count business days by"));
        LocalDate date = from.toLocalDate();
        int left = Math.abs(amount);
        for (int tried = 0; tried < LONGEST_SEARCH; tried++) {
            date = date.plusDays(Integer.signum(amount));
            if (!calendar.excludes(date) && --left == 0) {
                return from.with(date);
            }
        }
        throw new NoSuchDay("the calendar " + calendar.name() + " has no " + Math.abs(amount) + " business days within "
                + LONGEST_SEARCH + " days of " + from.toLocalDate());
    }

    /** What stands between the braces. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(WORD);
        for (Step step : steps) {
            text.append(step.amount() < 0 ? "" : "+")
                    .append(step.amount())
                    .append(step.unit().symbol());
        }
        return format == DateFormat.INSTANT ? text.toString() : text + "." + format.word();
    }
}
