package dev.belfry.core.shard;

import static dev.belfry.core.shard.Outcomes.verdict;

import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Released;
import dev.belfry.core.run.FireState;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Lets a shard go: to a successor, to a new tenancy of the same owner, or to nobody because its layout ends. */
final class HandOver {
    private final ShardBook book;
    private final Outcomes outcomes;
    private final FireAttempts attempts;
    private final OwedFires owed;
    private final ShardEffects effects;
    /** What is due after this is left to the successor. */
    private Instant from = Instant.MIN;

    private Optional<Released> released = Optional.empty();

    HandOver(ShardBook book, Outcomes outcomes, FireAttempts attempts, OwedFires owed, ShardEffects effects) {
        this.book = book;
        this.outcomes = outcomes;
        this.attempts = attempts;
        this.owed = owed;
        this.effects = effects;
    }

    /**
     * From here on nothing starts.
     *
     * @param since when the hand-over was first heard of
     */
    void begin(Instant since) {
        // What is due after the last decision is left to the successor, unless nothing could be decided before: what
        // was
        // due until then was not due in this hand-over.
        Instant heard = Instant.ofEpochMilli(since.toEpochMilli());
        from = book.owed ? ShardBook.later(book.decided, owed.unsettledFrom(heard)) : book.decided;
        book.handingOver = true;
        attempts.retractClaimed();
    }

    /** It is called off before the shard was released. Without a lease, or after a lapse, what was due in it is owed. */
    void callOff(Moment now, boolean leaseHolds) {
        book.handingOver = false;
        book.owed |= !leaseHolds;
        if (book.owed) {
            owed.calledOff(from, now.wall());
        }
        book.dirty |= released.isPresent();
        released = Optional.empty();
        for (Fire fire : book.live.values()) {
            // Its pause ended during the hand-over, when nothing could follow.
            if (fire.state == FireState.BACKING_OFF && fire.pauseOver) {
                effects.backOff(fire.id, Duration.ZERO);
            }
        }
    }

    /** Whether no attempt is running, abandoned or about to start, so that only records stand in the way of a release. */
    boolean quiet() {
        return attempts.abandonedCount() == 0 && book.live.values().stream().allMatch(HandOver::leftToSuccessor);
    }

    private static boolean leftToSuccessor(Fire fire) {
        return fire.state == FireState.WAITING || fire.state == FireState.BACKING_OFF;
    }

    /** Notes that the shard is let go of, and from when on its fires are the successor's. */
    void prepareRelease(Moment now) {
        owed.settleAbsence(now);
        // An agent that has used up its numbers begins anew at once.
        if (book.grant.shard().isBroadcast() && !attempts.exhausted()) {
            endWaiting(now);
        }
        Instant first = from;
        for (Fire fire : book.live.values()) {
            if (fire.id.isScheduled() && !fire.begun() && !fire.id.due().isAfter(first)) {
                first = fire.id.due().minusMillis(1);
            }
        }
        Optional<Instant> doubt = Optional.of(book.doubt).filter(until -> until.isAfter(book.mark));
        released =
                Optional.of(new Released(first, Instant.ofEpochMilli(now.wall().toEpochMilli()), doubt));
        book.dirty = true;
    }

    /** What the record says of the release; empty unless one is prepared. */
    Optional<Released> released() {
        return released;
    }

    /** Nobody follows in a broadcast job, and the agent may never come back: what waits for its turn has none any more. */
    private void endWaiting(Moment now) {
        for (Fire fire : book.fires()) {
            if (fire.waits()) {
                outcomes.finish(fire, verdict(Outcome.CANCELLED, Reasons.CLOSING), now);
            }
        }
        book.advanceMark();
    }

    /**
     * Ends everything that does not run and is due up to {@code upTo}, and those of {@code requested} that nobody began. What a
     * lost owner began, or may have run without a trace, is said to be so.
     */
    void supersede(Instant upTo, String reason, List<FireId> requested, Moment now) {
        owed.recover(now);
        owed.settleAbsence(now);
        for (FireId id : requested) {
            if (!book.knows(id) && !id.due().isAfter(upTo)) {
                outcomes.settle(Outcomes.Range.of(id), superseded(book.why(id.due(), reason)), Instant.MIN, now);
            }
        }
        for (Fire fire : book.fires()) {
            if (leftToSuccessor(fire) && !fire.id.due().isAfter(upTo)) {
                boolean unknown = fire.why.equals(Reasons.OUTCOME_UNKNOWN);
                outcomes.finish(fire, superseded(unknown ? Reasons.OUTCOME_UNKNOWN : reason), now);
            }
        }
        owed.supersede(upTo, reason, now);
        book.advanceMark();
    }

    /** What was begun, and nobody will go on with, ends as what may have run. */
    void giveUp(Moment now) {
        owed.recover(now);
        owed.settleAbsence(now);
        for (Fire fire : book.fires()) {
            if (leftToSuccessor(fire)) {
                outcomes.finish(fire, verdict(Outcome.MISSED, Reasons.OUTCOME_UNKNOWN), now);
            }
        }
        book.advanceMark();
    }

    private static Mark.Final superseded(String reason) {
        return verdict(Outcome.SUPERSEDED, reason);
    }
}
