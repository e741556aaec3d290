package dev.belfry.core.trigger;

import java.time.Duration;

/**
 * What to do with fires that are found late.
 *
 * @param threshold how late a fire may start on a living owner and still count as on time
 * @param window fires older than this are not run late ({@code fire-all})
 * @param limit at most so many fires are run late ({@code fire-all}), the newest
 */
public record MisfireRules(Policy policy, Duration threshold, Duration window, int limit) {

    /** Which of the late fires run. */
    public enum Policy {
        /** The latest; it stands for the others. */
        FIRE_ONCE,
        /** Each, in order, within window and limit. */
        FIRE_ALL,
        /** None. */
        SKIP
    }

    public MisfireRules {
        if (threshold.isNegative() || window.isNegative() || limit < 0) {
            throw new IllegalArgumentException("threshold, window and limit must not be negative");
        }
    }
}
