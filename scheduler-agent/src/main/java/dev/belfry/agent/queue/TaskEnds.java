package dev.belfry.agent.queue;

import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.shard.AttemptEnd;
import java.time.Instant;

/** What is reported of the end of an attempt. Pure functions. */
final class TaskEnds {

    private TaskEnds() {}

    /** It has ended. */
    static Report ended(TakenTask task, JobDefinition job, AttemptEnd end, Instant now) {
        if (end.succeeded()) {
            // It had come to its end before it was told: while the registration is there nobody else was given it.
            return task.report(Stage.SUCCEEDED, now, false, "");
        }
        boolean cutShort = task.stopped.orElse(Stage.LOST) == Stage.LOST;
        if (end.wasNotStarted() && cutShort) {
            task.started = Instant.EPOCH;
            return task.report(Stage.LOST, now, true, Reasons.LEASE_OVER);
        }
        if (task.stopped.isPresent()) {
            return stopped(task, end.said(), true, now);
        }
        if (end.error().equals(Reasons.NO_THREAD)) {
            // User code has not seen it: another agent may have a thread.
            task.started = Instant.EPOCH;
            return task.report(Stage.REFUSED, now, true, end.reason());
        }
        return task.report(Stage.FAILED, now, end.retryable() && !job.retry().excludes(end.error()), end.reason());
    }

    /** It was told to stop and interrupted, and goes on; it is left to itself. */
    static Report abandoned(TakenTask task, JobDefinition job, Instant now) {
        // It may yet complete: another attempt at an at-most-once run could be its second run.
        return stopped(task, "", job.recovery() == Recovery.RERUN, now);
    }

    private static Report stopped(TakenTask task, String said, boolean again, Instant now) {
        Stage stage = task.stopped.orElseThrow();
        boolean inTime = !task.stopReason.equals(Reasons.TOTAL_TIMEOUT);
        boolean silent = said.isEmpty() || stage == Stage.LOST;
        String reason = silent ? task.stopReason : FailureText.of(task.stopReason + ": " + said);
        return task.report(stage, now, again && inTime, reason);
    }
}
