package dev.belfry.core.overdue;

import dev.belfry.core.trigger.DueSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Consecutive fires of a layout of a job.
 *
 * @param first the first of them
 * @param last the last of them; the same if there is one
 */
public record Stretch(Instant first, Instant last) {

    public Stretch {
        if (first.isAfter(last)) {
            throw new IllegalArgumentException("not a stretch of fires: " + first + " to " + last);
        }
    }

    /** Whether every fire of another one is in it. */
    boolean covers(Stretch other) {
        return !first.isAfter(other.first) && !last.isBefore(other.last);
    }

    /** The fires in ({@code after}, {@code upTo}]; empty if there are none. */
    public static Optional<Stretch> in(DueSet due, Instant after, Instant upTo) {
        return due.latest(after, upTo).map(last -> new Stretch(due.next(after).orElse(last), last));
    }

    /** The fires of {@code all} that are in none of {@code others}, in order; both lists ascending and disjoint. */
    static List<Stretch> without(List<Stretch> all, List<Stretch> others, DueSet due) {
        List<Stretch> left = new ArrayList<>();
        for (Stretch one : all) {
            Instant after = one.first().minusMillis(1);
            for (Stretch other : others) {
                if (other.last().isAfter(after) && !other.first().isAfter(one.last())) {
                    in(due, after, other.first().minusMillis(1)).ifPresent(left::add);
                    after = other.last();
                }
            }
            in(due, after, one.last()).ifPresent(left::add);
        }
        return left;
    }

    /** All fires of both lists, in order; stretches with no fire between them become one. */
    static List<Stretch> union(List<Stretch> some, List<Stretch> others, DueSet due) {
        List<Stretch> all = new ArrayList<>(some);
        all.addAll(others);
        all.sort(Comparator.comparing(Stretch::first));
        List<Stretch> joined = new ArrayList<>();
        for (Stretch one : all) {
            Stretch before = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (before != null && adjoins(before, one, due)) {
                Instant last = before.last().isAfter(one.last()) ? before.last() : one.last();
                joined.set(joined.size() - 1, new Stretch(before.first(), last));
            } else {
                joined.add(one);
            }
        }
        return joined;
    }

    private static boolean adjoins(Stretch before, Stretch after, DueSet due) {
        return !after.first().isAfter(before.last())
                || due.next(before.last()).filter(after.first()::equals).isPresent();
    }
}
