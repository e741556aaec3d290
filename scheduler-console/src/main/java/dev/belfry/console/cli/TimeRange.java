package dev.belfry.console.cli;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What {@code --from} and {@code --to} say together. */
final class TimeRange {
    private TimeRange() {}

    /**
     * Refuses a stretch of time in which nothing can have happened.
     *
     * @param from included; null if it was not given
     * @param to not included; null if it was not given
     */
    static void check(Verb verb, @Nullable Instant from, @Nullable Instant to) {
        if (from == null) {
            return;
        }
        if (to != null && !from.isBefore(to)) {
            throw verb.usage("--from " + from + " is not before --to " + to + ", so that nothing lies between"
                    + (from.equals(to) ? "" : "; give them the other way round"));
        }
        Instant now = verb.shell.clock().instant();
        if (from.isAfter(now)) {
            throw verb.usage("--from " + from + " is in the future, and nothing is recorded of that; it is "
                    + Times.instant(now) + " now");
        }
    }
}
