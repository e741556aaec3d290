package dev.belfry.core.dispatch;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is to be dispatched now.
 *
 * @param dispatches in the order of the queue; the queue counts them as running already
 * @param again when a further decision may dispatch more although nothing has changed but the time; empty if never
 */
public record Decision(List<Dispatch> dispatches, Optional<Instant> again) {
    public Decision {
        dispatches = List.copyOf(dispatches);
    }
}
