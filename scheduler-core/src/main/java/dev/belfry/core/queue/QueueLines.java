package dev.belfry.core.queue;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.Optional;

/** What the record says of one attempt at a queued task that is over. */
final class QueueLines {
    private final QueuedTask task;
    private final Inbox.Entry entry;
    private final String incarnation;
    private final Instant started;
    private final Instant ended;
    private final Outcome said;

    /**
     * @param report what the agent said last; empty if nothing
     * @param now by the clock of the ensemble, for what the agent did not say
     */
    QueueLines(QueuedTask task, Inbox.Entry entry, String incarnation, Optional<Report> report, Instant now) {
        this.task = task;
        this.entry = entry;
        this.incarnation = incarnation;
        this.started = report.map(Report::started).orElse(Instant.EPOCH);
        this.said = report.map(QueueLines::outcome).orElse(Outcome.LOST);
        this.ended =
                report.filter(said -> said.stage().over()).map(Report::ended).orElse(now);
    }

    private static Outcome outcome(Report report) {
        return switch (report.stage()) {
            case SUCCEEDED -> Outcome.SUCCEEDED;
            case FAILED -> Outcome.FAILED;
            case TIMED_OUT -> Outcome.TIMED_OUT;
            case CANCELLED, REFUSED -> Outcome.CANCELLED;
            case LOST, CLAIMED, STARTED -> Outcome.LOST;
        };
    }

    String incarnation() {
        return incarnation;
    }

    /** The attempt is over, and the task is not, or was before. */
    FireEntry ended(Outcome outcome, String reason) {
        return line(FireEntry.Kind.ENDED, outcome, reason);
    }

    /** The attempt is over after another one has settled the task: what it was itself, for the record. */
    FireEntry beaten() {
        return ended(said, QueueReasons.OTHER_ATTEMPT);
    }

    /** With the attempt the task has its outcome. */
    FireEntry settled(Outcome outcome, String reason) {
        return line(FireEntry.Kind.FINAL, outcome, reason);
    }

    private FireEntry line(FireEntry.Kind kind, Outcome outcome, String reason) {
        return new FireEntry(
                kind,
                task.run().jobUid(),
                0,
                Integer.toString(task.id().shard()),
                task.fire(),
                task.fire().due(),
                1,
                entry.order().attempt(),
                entry.number(),
                started,
                ended,
                outcome,
                reason);
    }

    /** A task that waited has its outcome. */
    static FireEntry unstarted(QueuedTask task, Outcome outcome, String reason, Instant now) {
        return new FireEntry(
                FireEntry.Kind.FINAL,
                task.run().jobUid(),
                0,
                Integer.toString(task.id().shard()),
                task.fire(),
                task.fire().due(),
                1,
                task.history().attempts(),
                0,
                Instant.EPOCH,
                Instant.ofEpochMilli(now.toEpochMilli()),
                outcome,
                reason);
    }
}
