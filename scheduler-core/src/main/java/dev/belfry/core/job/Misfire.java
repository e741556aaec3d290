package dev.belfry.core.job;

import java.time.Duration;
import java.util.Objects;

/**
 * What a job does with fires that could not start in time.
 *
 * @param threshold a fire that starts later than this after its instant is late; from zero
 * @param window how far back {@code FIRE_ALL} goes; older fires are missed
 * @param limit how many fires {@code FIRE_ALL} runs at most, the latest ones; from 1
 */
public record Misfire(MisfirePolicy policy, Duration threshold, Duration window, int limit) {

    /** Fire once, threshold 1 s, window 1 h, limit 100. */
    public static final Misfire DEFAULT =
            new Misfire(MisfirePolicy.FIRE_ONCE, Duration.ofSeconds(1), Duration.ofHours(1), 100);

    public Misfire {
        Objects.requireNonNull(policy, "policy");
        if (threshold.isNegative() || window.isNegative() || window.isZero() || limit < 1) {
            throw new IllegalArgumentException(
                    "impossible misfire: threshold " + threshold + ", window " + window + ", limit " + limit);
        }
    }
}
