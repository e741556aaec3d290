package dev.belfry.core.job;

import java.util.Objects;

/**
 * What a job does with a fire whose shard is still running.
 *
 * @param limit for {@code BUFFER_ALL} the most fires of a shard that wait (1 to 10,000), for {@code ALLOW} the most that run
 *     side by side (1 to 1,000); 1 for {@code BUFFER_ONE}, 0 for the others
 */
public record Overlap(OverlapPolicy policy, int limit) {

    /** Skips: the default. */
    public static final Overlap SKIP = of(OverlapPolicy.SKIP);

    static final int MOST_BUFFERED = 10_000;
    static final int MOST_RUNNING = 1_000;

    public Overlap {
        Objects.requireNonNull(policy, "policy");
        if (limit != defaultLimit(policy) && (limit < 1 || limit > most(policy))) {
            throw new IllegalArgumentException("overlap limit " + limit + " does not suit " + policy);
        }
    }

    /** A policy with its default limit: 100 waiting for {@code BUFFER_ALL}, 10 running for {@code ALLOW}. */
    public static Overlap of(OverlapPolicy policy) {
        return new Overlap(policy, defaultLimit(policy));
    }

    static int defaultLimit(OverlapPolicy policy) {
        return switch (policy) {
            case SKIP, CANCEL_RUNNING -> 0;
            case BUFFER_ONE -> 1;
            case BUFFER_ALL -> 100;
            case ALLOW -> 10;
        };
    }

    /** The greatest limit that may be set, 0 if none may. */
    static int most(OverlapPolicy policy) {
        return switch (policy) {
            case SKIP, CANCEL_RUNNING, BUFFER_ONE -> 0;
            case BUFFER_ALL -> MOST_BUFFERED;
            case ALLOW -> MOST_RUNNING;
        };
    }
}
