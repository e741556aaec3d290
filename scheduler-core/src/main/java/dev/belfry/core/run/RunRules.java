package dev.belfry.core.run;

import dev.belfry.core.trigger.MisfireRules;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of a definition that govern its runs.
 *
 * @param overlap what happens to a fire while an earlier one of the shard runs
 * @param overlapLimit how many may wait ({@code buffer-all}) or run at once ({@code allow})
 * @param recovery what happens to an attempt cut short by the loss of its agent
 * @param attemptTimeout longest time of one attempt
 * @param totalTimeout longest time of all attempts of a fire together
 * @param heartbeatTimeout longest time without reported progress
 * @param warnOnly whether a time-out only warns
 */
public record RunRules(
        Overlap overlap,
        int overlapLimit,
        MisfireRules misfire,
        Recovery recovery,
        RetryRules retry,
        Optional<Duration> attemptTimeout,
        Optional<Duration> totalTimeout,
        Optional<Duration> heartbeatTimeout,
        boolean warnOnly) {

    /** What happens to a fire that comes due while an earlier one of its shard is still running. */
    public enum Overlap {
        /** It is skipped. */
        SKIP,
        /** The first one waits, further ones are skipped. */
        BUFFER_ONE,
        /** They wait, up to a limit, and run one after another. */
        BUFFER_ALL,
        /** The running one is cancelled and the newest one runs after it has ended. */
        CANCEL_RUNNING,
        /** They run side by side, up to a limit. */
        ALLOW
    }

    /** What happens to an attempt cut short by the loss of its agent. */
    public enum Recovery {
        /** It is run again: at least once. */
        RERUN,
        /** It is not: at most once. */
        SKIP
    }

    /**
     * When a failed attempt is followed by another.
     *
     * @param attempts at most so many in all; 1 for none after the first
     * @param initial pause before the second
     * @param multiplier growth of the pause
     * @param max longest pause
     * @param jitter part of the pause that is drawn at random, 0 to 1
     * @param notOn simple or full names of exceptions that are not retried
     */
    public record RetryRules(
            int attempts, Duration initial, double multiplier, Duration max, double jitter, Set<String> notOn) {

        public RetryRules {
            notOn = Set.copyOf(notOn);
        }

        /** No second attempt. */
        public static RetryRules none() {
            return new RetryRules(1, Duration.ZERO, 1, Duration.ZERO, 0, Set.of());
        }

        /**
         * The pause after the attempt numbered {@code attempt}, from 1.
         *
         * @param random uniformly distributed in [0, 1)
         */
        public Duration pauseAfter(int attempt, double random) {
            double nanos = Math.min((double) initial.toNanos() * Math.pow(multiplier, attempt - 1), (double) max.toNanos());
            return Duration.ofNanos((long) (nanos * (1 + jitter * (2 * random - 1))));
        }
    }
}
