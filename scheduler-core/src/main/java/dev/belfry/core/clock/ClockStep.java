package dev.belfry.core.clock;

import dev.belfry.core.run.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * By how much a machine's wall clock was set between two moments, as its monotonic clock tells. A machine that was suspended
 * looks as if its wall clock had been set forward: its monotonic clock stood still.
 *
 * @param by negative if it was set back
 * @param to what it shows now
 */
public record ClockStep(Duration by, Instant to) {

    /** What is less is not spoken of: that is how clocks are kept right. */
    public static final Duration BOUND = Duration.ofSeconds(5);

    /** The step between two moments of one process; empty if there was none beyond {@link #BOUND}. */
    public static Optional<ClockStep> between(Moment earlier, Moment later) {
        Duration wall = Duration.between(earlier.wall(), later.wall());
        Duration by = wall.minusNanos(later.nanos() - earlier.nanos());
        return by.abs().compareTo(BOUND) > 0 ? Optional.of(new ClockStep(by, later.wall())) : Optional.empty();
    }

    /** Whether it was set back. */
    public boolean isBack() {
        return by.isNegative();
    }
}
