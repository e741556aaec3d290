package dev.belfry.core.trigger;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The instants at which a job is due, over all versions of its definition, before jitter.
 *
 * <p>Implementations are pure: the same arguments give the same answer.
 */
public interface DueSet {

    /** The first instant after {@code after} at which the job is due. */
    Optional<Instant> next(Instant after);

    /** The last instant in ({@code after}, {@code upTo}] at which it is due. */
    Optional<Instant> latest(Instant after, Instant upTo);

    /** The due instants in ({@code after}, {@code upTo}], ascending, at most {@code limit} of them. */
    List<Instant> between(Instant after, Instant upTo, int limit);

    /** How many due instants lie in ({@code after}, {@code upTo}]; counting stops at {@code limit}. */
    long count(Instant after, Instant upTo, long limit);

    /** The instant at which the fire due at {@code due} is to start: never before it, never after the next one. */
    Instant jittered(Instant due);

    /**
     * For a fixed-delay schedule in force at {@code completion}: the instant that follows a completion then. Such a
     * schedule has no instants of its own but its first. Empty for any other schedule.
     */
    Optional<Instant> nextAfterCompletion(Instant completion);
}
