package dev.belfry.core.schedule;

import java.time.Duration;
import java.util.Objects;

/**
 * Fires a fixed time after the previous run completed. It has no due times of its own: {@link Schedule#nextAfterCompletion}.
 *
 * @param delay a whole number of milliseconds, at least 1
 */
public record DelayTrigger(Duration delay, TriggerOptions options) implements Trigger {
    public DelayTrigger {
        Objects.requireNonNull(options, "options");
        EveryTrigger.requireMillis("delay", delay);
    }
}
