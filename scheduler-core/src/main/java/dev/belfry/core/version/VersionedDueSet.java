package dev.belfry.core.version;

import dev.belfry.core.schedule.Schedule;
import dev.belfry.core.trigger.DueSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What one layout of a job owes, over all versions of its definition: the due set of a version is [its from, the next
 * version's from). Paused and disabled versions owe nothing.
 *
 * <p>Immutable and thread-safe.
 */
public final class VersionedDueSet implements DueSet {

    /** One version's stretch of time: ({@code after}, {@code upTo}], both in milliseconds around [from, until). */
    private record Stretch(Schedule schedule, boolean silent, Instant after, Instant upTo) {}

    /** No fire of any schedule lies before this instant. */
    private static final Instant BEFORE_ALL = Instant.parse("1969-12-30T00:00:00Z");

    private final String jobUid;
    private final List<Stretch> stretches;

    private VersionedDueSet(String jobUid, List<Stretch> stretches) {
        this.jobUid = jobUid;
        this.stretches = List.copyOf(stretches);
    }

    /** What layout {@code layout} of {@code job} owes. */
    public static VersionedDueSet of(JobRecord job, int layout) {
        return where(job, version -> version.layout() == layout);
    }

    /** What the queue owes of {@code job}: what is due under versions that are queued by their schedule, whatever the layout. */
    public static VersionedDueSet queued(JobRecord job) {
        return where(job, version -> version.definition().isQueuedBySchedule());
    }

    private static VersionedDueSet where(JobRecord job, Predicate<JobVersion> owed) {
        List<Stretch> stretches = new ArrayList<>();
        List<JobVersion> versions = job.versions();
        for (int i = 0; i < versions.size(); i++) {
            JobVersion version = versions.get(i);
            Instant until = i + 1 < versions.size() ? versions.get(i + 1).from() : Schedule.HORIZON;
            if (job.deletedAt().isPresent() && job.deletedAt().get().isBefore(until)) {
                until = job.deletedAt().get();
            }
            if (owed.test(version) && version.from().isBefore(until)) {
                boolean silent = version.paused() || !version.definition().enabled();
                stretches.add(new Stretch(
                        version.definition().schedule(), silent, version.from().minusMillis(1), until.minusMillis(1)));
            }
        }
        return new VersionedDueSet(job.uid(), stretches);
    }

    /**
     * What the schedules of the job say, whatever it owes: also before its first version, which then counts, while it was
     * paused or disabled, and over all layouts. Of delay schedules it has nothing.
     */
    public static VersionedDueSet ofSchedules(JobRecord job) {
        List<Stretch> stretches = new ArrayList<>();
        List<JobVersion> versions = job.versions();
        for (int i = 0; i < versions.size(); i++) {
            Schedule schedule = versions.get(i).definition().schedule();
            Instant from = i == 0 ? BEFORE_ALL : versions.get(i).from();
            Instant until = i + 1 < versions.size() ? versions.get(i + 1).from() : Schedule.HORIZON;
            if (from.isBefore(until)) {
                boolean silent = schedule.delay().isPresent();
                stretches.add(new Stretch(schedule, silent, from.minusMillis(1), until.minusMillis(1)));
            }
        }
        return new VersionedDueSet(job.uid(), stretches);
    }

    /** The start of what this layout owes: nothing is due at or before it. Empty if it owes nothing at all. */
    public Optional<Instant> start() {
        return stretches.isEmpty()
                ? Optional.empty()
                : Optional.of(stretches.get(0).after());
    }

    @Override
    public Optional<Instant> next(Instant after) {
        for (Stretch stretch : stretches) {
            if (stretch.silent() || !after.isBefore(stretch.upTo())) {
                continue;
            }
            Instant from = after.isBefore(stretch.after()) ? stretch.after() : after;
            Optional<Instant> next = nextIn(stretch, from);
            if (next.isPresent() && !next.get().isAfter(stretch.upTo())) {
                return next;
            }
        }
        return Optional.empty();
    }

    private static Optional<Instant> nextIn(Stretch stretch, Instant after) {
        if (stretch.schedule().delay().isPresent()) {
            Instant first = stretch.schedule().firstDelayed(stretch.after().plusMillis(1));
            return first.isAfter(after) ? Optional.of(first) : Optional.empty();
        }
        return stretch.schedule().next(after);
    }

    @Override
    public Optional<Instant> latest(Instant after, Instant upTo) {
        for (int i = stretches.size() - 1; i >= 0; i--) {
            Stretch stretch = stretches.get(i);
            Instant from = after.isBefore(stretch.after()) ? stretch.after() : after;
            Instant to = upTo.isBefore(stretch.upTo()) ? upTo : stretch.upTo();
            if (stretch.silent() || !from.isBefore(to)) {
                continue;
            }
            Optional<Instant> latest = stretch.schedule().delay().isPresent()
                    ? nextIn(stretch, from).filter(i2 -> !i2.isAfter(to))
                    : stretch.schedule().latest(from, to);
            if (latest.isPresent()) {
                return latest;
            }
        }
        return Optional.empty();
    }

    @Override
    public List<Instant> between(Instant after, Instant upTo, int limit) {
        List<Instant> found = new ArrayList<>();
        Optional<Instant> next = limit > 0 ? next(after) : Optional.empty();
        while (next.isPresent() && !next.get().isAfter(upTo)) {
            found.add(next.get());
            next = found.size() < limit ? next(next.get()) : Optional.empty();
        }
        return found;
    }

    @Override
    public long count(Instant after, Instant upTo, long limit) {
        long count = 0;
        for (Stretch stretch : stretches) {
            Instant from = after.isBefore(stretch.after()) ? stretch.after() : after;
            Instant to = upTo.isBefore(stretch.upTo()) ? upTo : stretch.upTo();
            if (stretch.silent() || !from.isBefore(to) || count >= limit) {
                continue;
            }
            count += stretch.schedule().delay().isPresent()
                    ? nextIn(stretch, from).filter(i -> !i.isAfter(to)).isPresent() ? 1 : 0
                    : stretch.schedule().count(from, to, limit - count);
        }
        return count;
    }

    @Override
    public Instant jittered(Instant due) {
        for (Stretch stretch : stretches) {
            if (due.isAfter(stretch.after()) && !due.isAfter(stretch.upTo())) {
                return stretch.schedule().jittered(due, jobUid);
            }
        }
        return due;
    }

    @Override
    public Optional<Instant> nextAfterCompletion(Instant completion) {
        for (Stretch stretch : stretches) {
            if (completion.isAfter(stretch.after())
                    && !completion.isAfter(stretch.upTo())
                    && stretch.schedule().delay().isPresent()) {
                Instant next = stretch.schedule().nextAfterCompletion(completion);
                return Optional.of(next.isBefore(Schedule.HORIZON) ? next : Schedule.HORIZON);
            }
        }
        return Optional.empty();
    }
}
