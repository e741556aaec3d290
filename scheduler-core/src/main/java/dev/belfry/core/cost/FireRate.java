package dev.belfry.core.cost;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.schedule.Durations;
import dev.belfry.core.schedule.EveryTrigger;
import dev.belfry.core.schedule.Schedule;
import dev.belfry.core.schedule.Trigger;
import dev.belfry.core.schedule.TriggerOptions.Window;
import java.time.Duration;
import java.time.Instant;

/**
 * How often a job is due.
 *
 * @param perSecond fires a second, on average over the horizon
 * @param basis how that is known
 */
public record FireRate(double perSecond, String basis) {
    /** Fires that are counted one by one; where there are more, minutes are looked at. */
    static final int COUNTED = 2_000;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    /** Prime to 60, so that every minute of an hour is looked at as often as every other. */
    private static final int STRIDE = 37;

    /** As many as there can be: fires are whole milliseconds. */
    private static final int IN_A_MINUTE = 60_000;

    /** The rate of a job that is enabled as its definition says. */
    static FireRate of(JobDefinition job, Assumptions assumptions) {
        if (!job.enabled()) {
            return new FireRate(0, "not enabled");
        }
        return of(job.schedule(), assumptions);
    }

    static FireRate of(Schedule schedule, Assumptions assumptions) {
        if (schedule.manualOnly()) {
            return new FireRate(0, "only when asked for");
        }
        if (schedule.delay().isPresent()) {
            return ofDelay(schedule.delay().get(), assumptions);
        }
        Instant from = assumptions.from();
        Duration horizon = assumptions.horizon();
        Instant until = from.plus(horizon);
        if (schedule.triggers().size() == 1
                && schedule.triggers().get(0) instanceof EveryTrigger every
                && alwaysOpen(every, from, until)) {
            return new FireRate(1_000.0 / every.every().toMillis(), "every " + Durations.format(every.every()));
        }
        long counted = schedule.count(from, until, COUNTED + 1L);
        if (counted <= COUNTED) {
            return new FireRate(
                    counted / seconds(horizon),
                    Arithmetic.number((double) counted) + (counted == 1 ? " fire" : " fires") + " in "
                            + Durations.format(horizon));
        }
        return sampled(schedule, from, horizon);
    }

    private static FireRate ofDelay(Duration delay, Assumptions assumptions) {
        Duration round = delay.plus(assumptions.runTime().orElse(Duration.ZERO));
        return new FireRate(
                1_000.0 / Math.max(1, round.toMillis()),
                "delay " + Durations.format(delay)
                        + assumptions
                                .runTime()
                                .map(time -> " and runs of " + Durations.format(time))
                                .orElse(", if runs take no time"));
    }

    private static boolean alwaysOpen(Trigger trigger, Instant from, Instant until) {
        Window window = trigger.options().window();
        return trigger.options().calendar() == null
                && !window.start().isAfter(from)
                && !window.end().isBefore(until);
    }

    /** One minute of every hour, another one each time. */
    private static FireRate sampled(Schedule schedule, Instant from, Duration horizon) {
        long hours = Math.max(1, horizon.toHours());
        long fires = 0;
        for (long hour = 0; hour < hours; hour++) {
            Instant start = from.plus(Duration.ofHours(hour)).plus(MINUTE.multipliedBy(hour * STRIDE % 60));
            fires += schedule.count(start, start.plus(MINUTE), IN_A_MINUTE);
        }
        return new FireRate(
                fires / (hours * seconds(MINUTE)), "from a minute of each hour in " + Durations.format(horizon));
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }
}
