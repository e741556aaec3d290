package dev.belfry.master;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.ownership.Generation;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Incarnations that announced their restart, and what they have let go of for it.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class Restarts {
    private final SortedMap<Incarnation, Instant> announced = new TreeMap<>();
    /** Of each, the last tenancy up to which everything is recorded. */
    private final Map<Incarnation, Long> settled = new TreeMap<>();

    /**
     * A registration says so.
     *
     * @param at when it was written, by the ensemble's clock
     * @param upTo the last tenancy up to which it has recorded everything; 0 for none
     */
    void heard(Incarnation incarnation, Instant at, long upTo) {
        announced.putIfAbsent(incarnation, at);
        settled.merge(incarnation, upTo, Math::max);
    }

    /** When each announced it first; not to be changed. */
    SortedMap<Incarnation, Instant> announced() {
        return Collections.unmodifiableSortedMap(announced);
    }

    /** Whether everything that the incarnation did in a tenancy is recorded, and it did no more: of a job that waits for it. */
    boolean hasLetGo(Incarnation incarnation, Generation since) {
        return settled.getOrDefault(incarnation, 0L) >= since.value();
    }

    /** How long from {@code now} until the next of these rejoin graces is over for one of them; {@link Long#MAX_VALUE} if none. */
    long graceNanos(Collection<Duration> graces, Instant now) {
        long next = Long.MAX_VALUE;
        for (Instant start : announced.values()) {
            for (Duration grace : graces) {
                Instant end = start.plus(grace);
                if (end.isAfter(now)) {
                    next = Math.min(next, Duration.between(now, end).toNanos());
                }
            }
        }
        return next;
    }

    void keepOnly(Predicate<Incarnation> kept) {
        announced.keySet().removeIf(kept.negate());
        settled.keySet().retainAll(announced.keySet());
    }
}
