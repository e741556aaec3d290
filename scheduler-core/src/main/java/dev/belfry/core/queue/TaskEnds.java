package dev.belfry.core.queue;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.run.BackOff;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What follows the end of an attempt at a queued task, by the policies of its job. The history that it is given counts
 * the attempt already.
 */
final class TaskEnds {
    private final JobDefinition job;
    private final Optional<Duration> total;

    /**
     * @param job the definition by which the task was dispatched
     * @param total of the submission, over that of the job; null for that
     */
    TaskEnds(JobDefinition job, @Nullable Duration total) {
        this.job = job;
        this.total = Optional.ofNullable(total == null ? job.timeouts().total() : total);
    }

    /**
     * The agent has reported the end.
     *
     * @param cancel why the attempt was to be cancelled; empty if it was not
     * @param now by the clock of the ensemble
     * @param random uniformly distributed in [0, 1)
     */
    TaskEnd reported(TaskHistory history, Report report, String cancel, Instant now, double random) {
        if (report.stage() == Stage.SUCCEEDED) {
            return new TaskEnd.Settled(Outcome.SUCCEEDED, history.inDoubt() ? Reasons.OUTCOME_UNKNOWN : "");
        }
        if (!cancel.isEmpty()) {
            return cancelled(history.inDoubt(), cancel);
        }
        return switch (report.stage()) {
            case FAILED -> failed(history, Outcome.FAILED, report, now, random);
            case TIMED_OUT -> failed(history, Outcome.TIMED_OUT, report, now, random);
            case CANCELLED -> cancelled(history.inDoubt(), report.reason());
            case LOST ->
                report.started().isAfter(Instant.EPOCH)
                        ? lost(history, false, report.reason())
                        : notBegun(history, report.reason());
            case REFUSED -> notBegun(history, report.reason());
            case SUCCEEDED, CLAIMED, STARTED -> throw new IllegalArgumentException("not an end: " + report);
        };
    }

    /**
     * The agent is gone, and the last that it said of the attempt was no end.
     *
     * @param said how far it was, as its outbox has it; empty if it said nothing
     */
    TaskEnd gone(TaskHistory history, Optional<Stage> said, String cancel) {
        boolean begun = job.recovery() == Recovery.RERUN || said.isPresent();
        if (!cancel.isEmpty()) {
            // The mark is all that a next master knows of it: nothing follows, whatever became of the attempt.
            return cancelled(begun || history.inDoubt(), cancel);
        }
        return begun ? lost(history, true, QueueReasons.AGENT_LOST) : notBegun(history, QueueReasons.AGENT_LOST);
    }

    private static TaskEnd cancelled(boolean doubt, String why) {
        return new TaskEnd.Settled(Outcome.CANCELLED, doubt ? Reasons.OUTCOME_UNKNOWN : why);
    }

    private TaskEnd failed(TaskHistory history, Outcome outcome, Report report, Instant now, double random) {
        int failures = history.failures() + 1;
        Instant next = now.plus(BackOff.pause(job.retry(), failures, random));
        boolean again = report.retryable() && failures < job.retry().attempts() && !isTimeUsedUp(history, next);
        return again
                ? new TaskEnd.Again(history.failed(Instant.ofEpochMilli(next.toEpochMilli())), outcome, report.reason())
                : new TaskEnd.Settled(outcome, report.reason());
    }

    /** Whether there would be no time left for an attempt then. */
    private boolean isTimeUsedUp(TaskHistory history, Instant then) {
        return job.timeouts().action() == TimeoutAction.CANCEL
                && total.isPresent()
                && !then.isBefore(history.first().plus(total.get()));
    }

    /** @param doubt whether it may have come to its end */
    private TaskEnd lost(TaskHistory history, boolean doubt, String reason) {
        if (job.recovery() == Recovery.SKIP) {
            return new TaskEnd.Settled(Outcome.LOST, reason);
        }
        if (history.lost() >= job.retry().lost()) {
            return new TaskEnd.Settled(Outcome.FAILED, QueueReasons.LOST_TOO_OFTEN);
        }
        return again(history.lost(doubt), reason);
    }

    private TaskEnd notBegun(TaskHistory history, String reason) {
        return again(history.takenBack(), reason);
    }

    /** Not if it has failed as often as it may, beside the attempt that is over now. */
    private TaskEnd again(TaskHistory history, String reason) {
        return history.failures() >= job.retry().attempts()
                ? new TaskEnd.Settled(Outcome.FAILED, Reasons.ATTEMPTS_EXHAUSTED)
                : new TaskEnd.Again(history, Outcome.LOST, reason);
    }
}
