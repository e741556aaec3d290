package dev.belfry.core.job;

import java.time.Duration;
import java.util.List;

/**
 * When a failed attempt is tried again, and after which wait: {@code initial * multiplier^(n-1)} after the n-th attempt, at
 * most {@code max}, moved at random by up to {@code jitter} of itself.
 *
 * @param attempts the most attempts of a shard in a run that may fail, the first included, 1 to 100; 1 means no retry. One
 *     cut short by the loss of its agent or its lease does not count
 * @param initial the wait after the first attempt
 * @param multiplier from 1 to 100
 * @param max the longest wait, at least {@code initial}
 * @param jitter from 0 to 1
 * @param notOn simple or full names of exceptions after which there is no retry, subclasses included
 * @param lost how often an attempt of a task of a queued job may be lost with its agent and be repeated, from 0; a sticky
 *     job repeats such attempts without limit
 */
public record Retry(
        int attempts, Duration initial, double multiplier, Duration max, double jitter, List<String> notOn, int lost) {

    static final int USUAL_LOST = 10;

    /** One attempt; with more, waits of 1 s, 2 s, 4 s and so on up to 1 min, moved by up to a fifth. */
    public static final Retry NONE = new Retry(1, Duration.ofSeconds(1), 2.0, Duration.ofMinutes(1), 0.2, List.of());

    /** The same with as many lost attempts as usual. */
    public Retry(int attempts, Duration initial, double multiplier, Duration max, double jitter, List<String> notOn) {
        this(attempts, initial, multiplier, max, jitter, notOn, USUAL_LOST);
    }

    /** Whether there is no retry after a failure with this error. */
    public boolean excludes(String error) {
        return notOn.contains(error) || notOn.contains(error.substring(error.lastIndexOf('.') + 1));
    }

    public Retry {
        notOn = List.copyOf(notOn);
        if (attempts < 1 || lost < 0 || !(multiplier >= 1) || !(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("impossible retry: attempts " + attempts + ", multiplier " + multiplier
                    + ", jitter " + jitter + ", lost " + lost);
        }
        if (initial.isNegative() || max.compareTo(initial) < 0) {
            throw new IllegalArgumentException("impossible retry: initial wait " + initial + ", longest " + max);
        }
    }
}
