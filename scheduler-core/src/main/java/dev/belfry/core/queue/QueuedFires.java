package dev.belfry.core.queue;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.MisfirePolicy;
import dev.belfry.core.job.Overlap;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.job.Placement;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.shard.Rulebook;
import dev.belfry.core.shard.VersionRules;
import dev.belfry.core.trigger.Owed;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a queued job with a schedule owes: which of its fires are queued now, which wait for their turn, and which are settled
 * without a run. One use decides up to one instant; what it says counts once it is written, all of it in one transaction.
 *
 * <p>Pure. Not thread-safe.
 */
public final class QueuedFires {
    /** Fires that are queued at once, at most, of a job of few shards; the rest follows with the next use. */
    public static final int MOST = 200;

    private static final long COUNT_LIMIT = 1_000_000;

    private final JobRecord job;
    private final VersionedDueSet due;
    private final Rulebook rules;
    private final Instant now;
    private final TreeSet<FiresMark.Turn> waiting;
    private final List<Instant> queued = new ArrayList<>();
    private final List<FireEntry> lines = new ArrayList<>();
    private final int open;
    /** Fires of this job that are queued now, at most: the runs of one use have to fit one segment. */
    private final int most;

    private Instant upTo;
    private Optional<Instant> delayNext;

    /**
     * What follows.
     *
     * @param mark as it is to be stored
     * @param queued instants of which a run is to be submitted, in order
     * @param lines outcomes of fires that are not run
     * @param stopRunning whether every run of the job that has no outcome is to be cancelled: a newer one takes its place
     */
    public record Step(FiresMark mark, List<Instant> queued, List<FireEntry> lines, boolean stopRunning) {

        /** Whether it has to be written: an instant alone is not worth it, since nothing was due up to it. */
        public boolean isNews(FiresMark stored) {
            return !queued.isEmpty()
                    || !lines.isEmpty()
                    || !mark.waiting().equals(stored.waiting())
                    || !mark.delayNext().equals(stored.delayNext());
        }
    }

    private QueuedFires(JobRecord job, FiresMark mark, int open, int most, Instant now) {
        this.job = job;
        int shards = job.versions().stream()
                .mapToInt(version -> version.definition().shards().count())
                .max()
                .orElse(1);
        this.most = Math.max(1, Math.min(most, Segment.MOST_TASKS / shards));
        this.due = VersionedDueSet.queued(job);
        this.rules = new Rulebook(job.versions().stream()
                .map(version -> new VersionRules(version.from(), version.definition(), version.paused()))
                .toList());
        this.open = open;
        this.now = now;
        this.upTo = mark.upTo();
        this.waiting = new TreeSet<>(mark.waiting());
        this.delayNext = mark.delayNext();
    }

    /** Where a job begins of which nothing is stored; empty if no version of it owes the queue anything. */
    public static Optional<FiresMark> first(JobRecord job) {
        return VersionedDueSet.queued(job).start().map(FiresMark::from);
    }

    /** When the next fire is due at the earliest, whatever becomes of the runs before it; empty if none will be. */
    public static Optional<Instant> next(JobRecord job, FiresMark mark) {
        Optional<Instant> regular = VersionedDueSet.queued(job).next(mark.upTo());
        return mark.delayNext()
                .filter(delayed -> regular.isEmpty() || delayed.isBefore(regular.get()))
                .or(() -> regular);
    }

    /**
     * Decides what is due up to now.
     *
     * @param open how many runs of the job have no outcome: one with several shards counts once, with the first to the last
     * @param most how many are queued now, {@link #MOST} if nothing speaks against it
     * @param now by the clock of the ensemble, in whole milliseconds
     */
    public static Step decide(JobRecord job, FiresMark mark, int open, int most, Instant now) {
        return new QueuedFires(job, mark, open, most, now).decide();
    }

    private Step decide() {
        boolean deleted = job.deletedAt().filter(at -> !at.isAfter(now)).isPresent();
        if (deleted) {
            supersede();
            FiresMark over = FiresMark.from(upTo.isBefore(now) ? now : upTo);
            return new Step(over, List.of(), List.copyOf(lines), false);
        }
        settleLate();
        delayed();
        takeTurns();
        onTime();
        takeTurns();
        if (delayNext.isEmpty() && open + queued.size() + waiting.size() == 0 && isDelayOver()) {
            delayNext = due.nextAfterCompletion(now).filter(this::owedByDelay);
        }
        FiresMark mark = new FiresMark(upTo, List.copyOf(waiting), delayNext);
        boolean stop = open > 0
                && waiting.stream()
                        .anyMatch(turn -> !turn.late() && policy(turn.due()) == OverlapPolicy.CANCEL_RUNNING);
        return new Step(mark, List.copyOf(queued), List.copyOf(lines), stop);
    }

    private OverlapPolicy policy(Instant instant) {
        return rules.at(instant).overlap().policy();
    }

    /** The job is deleted: what it owed up to then is not run any more. */
    private void supersede() {
        waiting.forEach(turn -> line(turn.due(), turn.due(), 1, Outcome.SUPERSEDED, Reasons.DELETED));
        waiting.clear();
        if (upTo.isBefore(now)) {
            due.next(upTo).filter(first -> !first.isAfter(now)).ifPresent(first -> {
                Instant last = due.latest(upTo, now).orElseThrow();
                line(first, last, due.count(upTo, now, COUNT_LIMIT), Outcome.SUPERSEDED, Reasons.DELETED);
            });
        }
        delayNext
                .filter(next -> next.isAfter(upTo) && !next.isAfter(now) && owedByDelay(next))
                .ifPresent(next -> line(next, next, 1, Outcome.SUPERSEDED, Reasons.DELETED));
    }

    /** What is older than the threshold of its job goes by the misfire policy. */
    private void settleLate() {
        Optional<Instant> next = due.next(upTo);
        if (next.isEmpty()) {
            return;
        }
        Instant until = onTimeFrom(next.get()).minusMillis(1);
        if (next.get().isAfter(until)) {
            return;
        }
        rules.byMisfire(List.of(new Owed.Gap(upTo, until))).forEach((misfire, gaps) -> {
            Owed settled = Owed.settle(due, gaps, misfire, now);
            for (Owed.Missed missed : settled.missed()) {
                line(missed.first(), missed.last(), missed.count(), Outcome.MISSED, missed.reason());
            }
            settled.late().forEach(late -> waiting.add(new FiresMark.Turn(late, true)));
        });
        upTo = until;
    }

    private Instant onTimeFrom(Instant instant) {
        return now.minus(rules.at(instant).misfire().threshold());
    }

    private void onTime() {
        Optional<Instant> next = due.next(upTo);
        while (next.isPresent() && !next.get().isAfter(now) && queued.size() + lines.size() < most) {
            upTo = next.get();
            take(upTo);
            next = due.next(upTo);
        }
        if (next.isEmpty() || next.get().isAfter(now)) {
            upTo = upTo.isBefore(now) ? now : upTo;
        }
    }

    /** A fire has come on time: it is queued, waits for its turn, or is skipped. */
    private void take(Instant instant) {
        Overlap overlap = rules.at(instant).overlap();
        int running = open + queued.size();
        boolean parallel = overlap.policy() == OverlapPolicy.ALLOW && running < overlap.limit();
        if (parallel || (running == 0 && waiting.isEmpty())) {
            queued.add(instant);
            return;
        }
        switch (overlap.policy()) {
            case SKIP, ALLOW -> line(instant, instant, 1, Outcome.SKIPPED, Reasons.OVERLAP);
            case BUFFER_ONE -> buffer(instant, 1);
            case BUFFER_ALL -> buffer(instant, overlap.limit());
            case CANCEL_RUNNING -> replace(instant);
        }
    }

    private void buffer(Instant instant, int limit) {
        long buffered = waiting.stream().filter(turn -> !turn.late()).count();
        if (buffered < limit) {
            waiting.add(new FiresMark.Turn(instant, false));
        } else {
            line(instant, instant, 1, Outcome.SKIPPED, Reasons.BUFFER_FULL);
        }
    }

    private void replace(Instant instant) {
        for (FiresMark.Turn turn : List.copyOf(waiting)) {
            if (!turn.late()) {
                waiting.remove(turn);
                line(turn.due(), turn.due(), 1, Outcome.SKIPPED, Reasons.REPLACED);
            }
        }
        // Queued a moment ago, and not written.
        queued.forEach(before -> line(before, before, 1, Outcome.SKIPPED, Reasons.REPLACED));
        queued.clear();
        if (open == 0 && waiting.isEmpty()) {
            queued.add(instant);
        } else {
            waiting.add(new FiresMark.Turn(instant, false));
        }
    }

    /** One run after another; side by side where the job allows it. */
    private void takeTurns() {
        while (!waiting.isEmpty() && queued.size() < most) {
            FiresMark.Turn turn = waiting.first();
            Overlap overlap = rules.at(turn.due()).overlap();
            int most = overlap.policy() == OverlapPolicy.ALLOW ? overlap.limit() : 1;
            if (open + queued.size() >= most) {
                return;
            }
            waiting.remove(turn);
            queued.add(turn.due());
        }
    }

    // --- a fixed delay

    /** The fire of a fixed delay that has come; there is one at a time. */
    private void delayed() {
        Optional<Instant> come = delayNext.filter(next -> !next.isAfter(now));
        if (come.isEmpty()) {
            delayNext = delayNext.filter(this::owedByDelay);
            return;
        }
        delayNext = Optional.empty();
        Instant instant = come.get();
        if (!owedByDelay(instant)) {
            return;
        }
        boolean skips = rules.at(instant).misfire().policy() == MisfirePolicy.SKIP;
        if (skips && instant.isBefore(onTimeFrom(instant))) {
            line(instant, instant, 1, Outcome.MISSED, Reasons.MISFIRE_SKIP);
        } else {
            waiting.add(new FiresMark.Turn(instant, true));
        }
    }

    /** Whether a fixed delay is in force then, and nothing else stands before it: the first instant of a newer version does. */
    private boolean owedByDelay(Instant instant) {
        JobVersion version = job.at(instant);
        boolean ended = job.deletedAt().filter(at -> !instant.isBefore(at)).isPresent();
        return !ended
                && isDelay(version)
                && due.next(upTo).filter(first -> !first.isAfter(instant)).isEmpty();
    }

    /** Whether the first instant of the fixed delay in force is behind: what follows counts from the end of a run. */
    private boolean isDelayOver() {
        return isDelay(job.at(now))
                && due.next(upTo)
                        .filter(next -> job.at(next).equals(job.at(now)))
                        .isEmpty();
    }

    private static boolean isDelay(JobVersion version) {
        JobDefinition definition = version.definition();
        return definition.placement() == Placement.QUEUED
                && definition.schedule().delay().isPresent()
                && definition.enabled()
                && !version.paused();
    }

    private void line(Instant first, Instant last, long count, Outcome outcome, String reason) {
        lines.add(new FireEntry(
                FireEntry.Kind.FINAL,
                job.uid(),
                0,
                "0",
                FireId.scheduled(first),
                last,
                count,
                0,
                0,
                Instant.EPOCH,
                now,
                outcome,
                reason));
    }
}
