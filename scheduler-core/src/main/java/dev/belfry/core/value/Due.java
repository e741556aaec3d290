package dev.belfry.core.value;

import dev.belfry.core.schedule.BusinessCalendar;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import java.util.Optional;

/**
 * What business dates are counted from.
 *
 * @param at the instant at which the run, or its workflow, was due; for one on demand, when it was asked for
 * @param zone the zone of its trigger; UTC where there is none
 * @param calendar the calendar of its trigger
 */
public record Due(Instant at, ZoneId zone, Optional<BusinessCalendar> calendar) {

    public Due {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(calendar, "calendar");
    }
}
