package dev.belfry.core.shard;

import static dev.belfry.core.run.FireLifeCycle.Event.INTERRUPT;
import static dev.belfry.core.run.FireLifeCycle.Event.RETRY;
import static dev.belfry.core.run.FireLifeCycle.Event.STOP;
import static dev.belfry.core.shard.Outcomes.verdict;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.job.Retry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.run.BackOff;
import dev.belfry.core.run.FireState;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import java.time.Duration;

/** What follows the end of an attempt: the outcome of its fire, another attempt after a pause, or its turn again. */
final class AttemptEnds {
    /** A pause that ends without a lease is prolonged by this. */
    private static final Duration WITHOUT_LEASE = Duration.ofMillis(500);

    private final ShardBook book;
    private final Outcomes outcomes;
    private final FireAttempts attempts;
    private final ShardEffects effects;

    AttemptEnds(ShardBook book, Outcomes outcomes, FireAttempts attempts, ShardEffects effects) {
        this.book = book;
        this.outcomes = outcomes;
        this.attempts = attempts;
        this.effects = effects;
    }

    /** The attempt at {@code fire} has ended. */
    void ended(Fire fire, AttemptEnd end, Moment now) {
        if (end.succeeded()) {
            outcomes.finish(fire, verdict(Outcome.SUCCEEDED, fire.why), now);
        } else if (end.wasNotStarted() && (fire.stopReason.isEmpty() || cutShort(fire))) {
            notStarted(fire, now);
        } else if (fire.stopReason.isEmpty()) {
            fire.failures++;
            boolean again = end.retryable() && !fire.rules.retry().excludes(end.error());
            retryOrFinish(fire, verdict(Outcome.FAILED, end.reason()), again, now);
        } else {
            stopped(fire, end.said(), true, now);
        }
    }

    /** The attempt at {@code fire} does not end although it was told to; it is left to itself. */
    void abandoned(Fire fire, Moment now) {
        outcomes.journal(Kind.ABANDONED, fire, verdict(fire.stopOutcome, fire.stopReason), now.wall());
        // It may yet complete: another attempt at an at-most-once fire could be its second run.
        stopped(fire, "", fire.rules.recovery() == Recovery.RERUN, now);
    }

    /**
     * The lease ended between the decision and the start: the token is spent, the fire waits for its turn again. Nothing
     * ran, so that an at-most-once fire may be claimed once more.
     */
    private void notStarted(Fire fire, Moment now) {
        if (fire.state == FireState.RUNNING) {
            fire.on(STOP);
        }
        outcomes.journal(Kind.ENDED, fire, verdict(Outcome.CANCELLED, Reasons.LEASE_OVER), now.wall());
        fire.why = Reasons.LEASE_OVER;
        fire.unnumber();
        fire.on(INTERRUPT);
        book.owed = true;
        book.dirty = true;
    }

    private static boolean cutShort(Fire fire) {
        return fire.stopReason.equals(Reasons.LEASE_OVER) || fire.stopReason.equals(Reasons.CLOSING);
    }

    private void stopped(Fire fire, String said, boolean again, Moment now) {
        boolean silent = said.isEmpty() || cutShort(fire);
        String reason = silent ? fire.stopReason : FailureText.of(fire.stopReason + ": " + said);
        Mark.Final verdict = verdict(fire.stopOutcome, reason);
        if (cutShort(fire) && fire.rules.recovery() == Recovery.RERUN) {
            outcomes.journal(Kind.ENDED, fire, verdict(Outcome.CANCELLED, fire.stopReason), now.wall());
            fire.why = fire.stopReason;
            fire.on(INTERRUPT);
            book.dirty = true;
        } else if (fire.stopOutcome == Outcome.TIMED_OUT) {
            fire.failures++;
            retryOrFinish(fire, verdict, again, now);
        } else {
            outcomes.finish(fire, verdict, now);
        }
    }

    private void retryOrFinish(Fire fire, Mark.Final verdict, boolean again, Moment now) {
        Retry retry = fire.rules.retry();
        boolean inTime = !fire.stopReason.equals(Reasons.TOTAL_TIMEOUT);
        if (again && inTime && fire.failures < retry.attempts()) {
            outcomes.journal(Kind.ENDED, fire, verdict, now.wall());
            fire.on(RETRY);
            book.dirty = true;
            effects.backOff(fire.id, BackOff.pause(retry, fire.failures, effects.random()));
        } else {
            outcomes.finish(fire, verdict, now);
        }
    }

    /** The pause before the next attempt at {@code id} is over. */
    void pauseOver(FireId id, Moment now, boolean leaseHolds) {
        Fire fire = book.live.get(id);
        if (fire == null || fire.state != FireState.BACKING_OFF) {
            return;
        }
        if (book.handingOver) {
            fire.pauseOver = true;
        } else if (leaseHolds) {
            fire.pauseOver = false;
            attempts.begin(fire, now);
        } else {
            effects.backOff(id, WITHOUT_LEASE);
        }
    }
}
