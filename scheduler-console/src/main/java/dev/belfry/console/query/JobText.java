package dev.belfry.console.query;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.schedule.AtTrigger;
import dev.belfry.core.schedule.CronTrigger;
import dev.belfry.core.schedule.DelayTrigger;
import dev.belfry.core.schedule.Durations;
import dev.belfry.core.schedule.EveryTrigger;
import dev.belfry.core.schedule.Trigger;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A job in few words. Pure functions. */
public final class JobText {
    private JobText() {}

    /**
     * {@code cron 0/5 * * * * ? Europe/Berlin}, {@code every 30s}, several joined by {@code +}; of a job of a workflow {@code after
     * load, index}, and what holds it back besides.
     */
    public static String triggers(JobDefinition job) {
        List<String> after = job.upstreams().after();
        if (!after.isEmpty()) {
            String gate = job.schedule().manualOnly() ? "" : ", not before " + ownTriggers(job);
            return "after " + String.join(", ", after) + gate;
        }
        return ownTriggers(job);
    }

    private static String ownTriggers(JobDefinition job) {
        return job.schedule().triggers().stream().map(JobText::trigger).collect(Collectors.joining(" + "));
    }

    private static String trigger(Trigger trigger) {
        if (trigger instanceof CronTrigger cron) {
            String zone = cron.options().zone().equals(ZoneOffset.UTC)
                    ? ""
                    : " " + cron.options().zone();
            return "cron " + cron.expression().text() + zone;
        }
        if (trigger instanceof EveryTrigger every) {
            return "every " + Durations.format(every.every());
        }
        if (trigger instanceof DelayTrigger delay) {
            return "delay " + Durations.format(delay.delay());
        }
        return trigger instanceof AtTrigger at
                ? at.instants().size() == 1
                        ? "at " + at.instants().get(0)
                        : "at " + at.instants().size() + " instants"
                : "manual";
    }

    /** {@code active}, {@code paused}, {@code disabled}, {@code deleted}, and {@code changing} while a version waits. */
    public static String state(JobRecord job, Instant now) {
        JobVersion newest = job.newest();
        if (job.deleted()) {
            return "deleted";
        }
        String state = newest.paused() ? "paused" : newest.definition().enabled() ? "active" : "disabled";
        return newest.from().isAfter(now) && job.versions().size() > 1
                ? state + " (from " + newest.from() + ")"
                : state;
    }

    /**
     * The next instant at which it is due; empty for a fixed delay, whose next instant only its ledgers know, and for a job that
     * runs after others.
     */
    public static Optional<Instant> next(JobRecord job, Instant after) {
        Optional<Instant> next = Optional.empty();
        for (JobVersion version : job.versions()) {
            JobDefinition definition = version.definition();
            boolean follows = !definition.upstreams().after().isEmpty();
            Optional<Instant> other = follows || definition.schedule().delay().isPresent()
                    ? Optional.empty()
                    : VersionedDueSet.of(job, version.layout()).next(after);
            if (other.isPresent() && (next.isEmpty() || other.get().isBefore(next.get()))) {
                next = other;
            }
        }
        return next;
    }
}
