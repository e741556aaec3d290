package dev.belfry.core.overdue;

import dev.belfry.core.trigger.DueSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The overdue fires of the shards of one layout, put together: a fire is overdue if it is so on any shard.
 *
 * <p>Not thread-safe; for one look at one layout.
 */
public final class LayoutFires {
    /** Fires are counted one by one up to here. */
    private static final long MOST_COUNTED = 1_000_000;

    private final DueSet due;
    private final boolean delayed;
    private List<Stretch> found = List.of();

    /**
     * @param due what is due by the versions of the definition
     * @param delayed whether the schedule is a fixed delay, of which each shard has instants of its own
     */
    public LayoutFires(DueSet due, boolean delayed) {
        this.due = due;
        this.delayed = delayed;
    }

    /** Whether each shard has instants of its own, which its ledger tells. */
    public boolean delayed() {
        return delayed;
    }

    /** Adds what one shard found. */
    public void add(List<Stretch> overdue) {
        found = joined(found, overdue);
    }

    private List<Stretch> joined(List<Stretch> some, List<Stretch> others) {
        if (!delayed) {
            return Stretch.union(some, others, due);
        }
        List<Stretch> all = new ArrayList<>(some);
        others.stream().filter(one -> !all.contains(one)).forEach(all::add);
        all.sort(java.util.Comparator.comparing(Stretch::first));
        return all;
    }

    /** What was added, put together, in order. */
    public List<Stretch> found() {
        return found;
    }

    /** Those of which no event was raised yet. */
    public List<Stretch> fresh(List<Stretch> raised) {
        if (!delayed) {
            return Stretch.without(found, raised, due);
        }
        List<Stretch> fresh = new ArrayList<>();
        for (Stretch one : found) {
            for (Stretch part : parts(one)) {
                boolean single = part.first().equals(part.last());
                if (!single) {
                    fresh.addAll(Stretch.without(List.of(part), raised, due));
                } else if (raised.stream().noneMatch(other -> other.covers(part))) {
                    fresh.add(part);
                }
            }
        }
        return fresh;
    }

    /**
     * The first fire of a stretch may be one of a fixed delay, of which the definition does not know; what follows it in the same
     * stretch are fires of other versions, of which it does.
     */
    private List<Stretch> parts(Stretch one) {
        boolean known =
                due.next(one.first().minusMillis(1)).filter(one.first()::equals).isPresent();
        if (known || one.first().equals(one.last())) {
            return List.of(one);
        }
        List<Stretch> parts = new ArrayList<>(List.of(new Stretch(one.first(), one.first())));
        Stretch.in(due, one.first(), one.last()).ifPresent(parts::add);
        return parts;
    }

    /** How many fires these are. */
    public long count(List<Stretch> stretches) {
        return stretches.stream()
                .mapToLong(one -> delayed && one.first().equals(one.last())
                        ? 1
                        : due.count(one.first().minusMillis(1), one.last(), MOST_COUNTED))
                .sum();
    }

    /** What is to be remembered once an event was raised of {@code fresh}; without what has been settled since. */
    public List<Stretch> remembered(List<Stretch> raised, List<Stretch> fresh, Instant settledUpTo) {
        return joined(raised, fresh).stream()
                .filter(one -> one.last().isAfter(settledUpTo))
                .toList();
    }
}
