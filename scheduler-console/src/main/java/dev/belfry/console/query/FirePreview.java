package dev.belfry.console.query;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which fires a change of definition brings and takes away.
 *
 * @param gained how many fires there will be that there would not have been; at least so many if {@code cut}
 * @param firstGained the first few of them
 * @param lost how many there will not be any more; at least so many if {@code cut}
 * @param firstLost the first few of them
 * @param cut whether counting stopped early
 */
public record FirePreview(long gained, List<Instant> firstGained, long lost, List<Instant> firstLost, boolean cut) {
    /** How far ahead it looks. */
    public static final Duration AHEAD = Duration.ofDays(30);

    private static final int SHOWN = 3;
    private static final int MOST = 3_000_000;

    /** @param before empty for a new job */
    public static FirePreview of(Optional<JobDefinition> before, JobDefinition after, Instant from) {
        Instant until = from.plus(AHEAD);
        Optional<Instant> old = before.filter(JobDefinition::enabled).flatMap(job -> next(job, from, until));
        Optional<Instant> fresh = Optional.of(after).filter(JobDefinition::enabled).flatMap(job -> next(job, from, until));
        List<Instant> gained = new ArrayList<>();
        List<Instant> lost = new ArrayList<>();
        long gainedCount = 0;
        long lostCount = 0;
        boolean same = before.isPresent() && before.get().schedule().equals(after.schedule())
                && before.get().enabled() == after.enabled();
        int steps = 0;
        while (!same && (old.isPresent() || fresh.isPresent()) && steps++ < MOST) {
            boolean oldFirst = fresh.isEmpty() || (old.isPresent() && old.get().isBefore(fresh.get()));
            boolean freshFirst = old.isEmpty() || (fresh.isPresent() && fresh.get().isBefore(old.get()));
            if (oldFirst) {
                lostCount++;
                keep(lost, old.orElseThrow());
            } else if (freshFirst) {
                gainedCount++;
                keep(gained, fresh.orElseThrow());
            }
            if (!freshFirst) {
                old = next(before.orElseThrow(), old.orElseThrow(), until);
            }
            if (!oldFirst) {
                fresh = next(after, fresh.orElseThrow(), until);
            }
        }
        return new FirePreview(gainedCount, gained, lostCount, lost, steps >= MOST);
    }

    private static void keep(List<Instant> some, Instant instant) {
        if (some.size() < SHOWN) {
            some.add(instant);
        }
    }

    private static Optional<Instant> next(JobDefinition job, Instant after, Instant until) {
        Schedule schedule = job.schedule();
        return schedule.next(after).filter(next -> next.isBefore(until));
    }
}
