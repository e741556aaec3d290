package dev.belfry.core.overdue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Why fires of a layout are overdue, from the first of them until all are settled: one outage is told of once, however many
 * fires it concerns. Pure and immutable.
 *
 * @param reasons what keeps its shards from being settled, by kind and agent, in order; at most {@link #MOST_REASONS}
 * @param first the first fire concerned
 * @param last the last
 * @param fires how many so far
 * @param told when somebody was told last, by the ensemble's clock
 * @param reminders how often since the begin, or since a reason was added
 */
public record Cause(List<String> reasons, Instant first, Instant last, long fires, Instant told, int reminders) {
    /** Reasons remembered; where there are more they count as known. */
    public static final int MOST_REASONS = 20;
    /** From the begin to the first reminder; each following one takes twice as long. */
    public static final Duration FIRST_REMINDER = Duration.ofMinutes(10);
    /** The longest time between two reminders. */
    public static final Duration LONGEST = Duration.ofDays(1);

    /** What is overdue within this time of another fire has the same cause. */
    public static final Duration REST = Duration.ofMinutes(5);

    private static final int MOST_DOUBLINGS = 20;

    /** Throws {@link IllegalArgumentException} for fires that end before they begin, or that are none. */
    public Cause {
        reasons = List.copyOf(reasons);
        if (first.isAfter(last) || fires < 1 || reminders < 0) {
            throw new IllegalArgumentException(
                    "not a cause: " + fires + " fires from " + first + " to " + last + ", reminders " + reminders);
        }
    }

    /** One that begins now. */
    public static Cause begin(Collection<String> reasons, Instant first, Instant last, long fires, Instant now) {
        return new Cause(limited(reasons), first, last, fires, now, 0);
    }

    private static List<String> limited(Collection<String> reasons) {
        SortedSet<String> sorted = new TreeSet<>(reasons);
        return new ArrayList<>(sorted).subList(0, Math.min(MOST_REASONS, sorted.size()));
    }

    /** As what the present state is to be told, given what keeps the shards now. */
    public Telling telling(Collection<String> now, Instant at) {
        if (reasons.size() < MOST_REASONS && !reasons.containsAll(now)) {
            return Telling.BEGIN;
        }
        return at.isBefore(nextReminder()) ? Telling.MORE : Telling.REMINDER;
    }

    /** When somebody is reminded unless everything is settled before. */
    public Instant nextReminder() {
        Duration wait = FIRST_REMINDER.multipliedBy(1L << Math.min(reminders, MOST_DOUBLINGS));
        return told.plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
    }

    /** Whether it is over once all of its fires are settled: nothing that followed soon was overdue. */
    public boolean rests(Instant now) {
        return !now.isBefore(last.plus(REST));
    }

    /** The same with more fires, or none, told as said. */
    public Cause with(Collection<String> more, Instant from, Instant upTo, long count, Telling telling, Instant at) {
        List<String> all = new ArrayList<>(reasons);
        all.addAll(more);
        boolean silent = telling == Telling.MORE;
        return new Cause(
                limited(all),
                from.isBefore(first) ? from : first,
                upTo.isAfter(last) ? upTo : last,
                fires + count,
                silent ? told : at,
                telling == Telling.REMINDER ? reminders + 1 : silent ? reminders : 0);
    }
}
