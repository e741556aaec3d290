package dev.belfry.core.schedule;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Fires at given instants.
 *
 * @param instants at least one, within 1970 to 2099 (UTC); kept in order and without repetitions
 */
public record AtTrigger(List<Instant> instants, TriggerOptions options) implements Trigger {
    public AtTrigger {
        Objects.requireNonNull(options, "options");
        instants = List.copyOf(new TreeSet<>(instants));
        if (instants.isEmpty()) {
            throw new IllegalArgumentException("at: give at least one instant");
        }
        for (Instant instant : instants) {
            if (instant.isBefore(Schedule.EARLIEST) || !instant.isBefore(Schedule.HORIZON)) {
                throw new IllegalArgumentException("at: " + instant + " is not within 1970 to 2099");
            }
        }
    }

    @Nullable
    Instant next(Instant after) {
        int low = 0;
        int high = instants.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (instants.get(middle).isAfter(after)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low == instants.size() ? null : instants.get(low);
    }
}
