package dev.belfry.core.schedule;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The fires of one trigger with its window and calendar applied. Immutable. */
final class TriggerFires {
    private static final Instant JUST_BEFORE = Schedule.EARLIEST.minusNanos(1);

    private final Trigger trigger;
    private final @Nullable BusinessCalendar calendar;
    private final @Nullable MakeUpDays makeUp;

    TriggerFires(Trigger trigger, @Nullable BusinessCalendar calendar) {
        this.trigger = trigger;
        this.calendar = calendar;
        this.makeUp = calendar == null || calendar.makeUp().isEmpty() ? null : MakeUpDays.of(calendar.makeUp());
    }

    Trigger trigger() {
        return trigger;
    }

    /** The first fire strictly after an instant, or null if there is none before {@link Schedule#HORIZON}. */
    @Nullable
    Instant next(Instant after) {
        TriggerOptions.Window window = trigger.options().window();
        Instant from = after.isBefore(window.start()) ? window.start().minusNanos(1) : after;
        while (from.isBefore(Schedule.HORIZON)) {
            Instant fire = unfiltered(from.isBefore(Schedule.EARLIEST) ? JUST_BEFORE : from);
            if (fire == null || !fire.isBefore(window.end()) || !fire.isBefore(Schedule.HORIZON)) {
                return null;
            }
            Instant admitted = admittedFrom(fire);
            if (admitted.equals(fire)) {
                return fire;
            }
            // Jump over the whole exclusion: a trigger of every second must not try each second of a holiday.
            from = admitted.minusNanos(1);
        }
        return null;
    }

    /** The first instant at or after the given one that window and calendar let through, or {@link Instant#MAX}. */
    Instant openFrom(Instant instant) {
        TriggerOptions.Window window = trigger.options().window();
        Instant admitted = admittedFrom(instant.isBefore(window.start()) ? window.start() : instant);
        return admitted.isBefore(window.end()) && admitted.isBefore(Schedule.HORIZON) ? admitted : Instant.MAX;
    }

    private Instant admittedFrom(Instant instant) {
        return calendar == null
                ? instant
                : calendar.admittedFrom(instant, trigger.options().zone());
    }

    private @Nullable Instant unfiltered(Instant after) {
        if (trigger instanceof CronTrigger cron) {
            return cron.expression()
                    .next(after, cron.options().zone(), cron.options().dst(), makeUp);
        }
        if (trigger instanceof EveryTrigger every) {
            return every.next(after);
        }
        if (trigger instanceof AtTrigger at) {
            return at.next(after);
        }
        return null; // delay and manual triggers have no due times of their own
    }
}
