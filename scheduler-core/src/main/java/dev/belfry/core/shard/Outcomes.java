package dev.belfry.core.shard;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.ledger.FailureText;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RecentOutcome;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.run.FireLifeCycle.Event;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import java.time.Instant;

/** Gives fires their outcome: in the book, in the journal and in the list of recent outcomes. */
final class Outcomes {

    /** One fire, or consecutive due fires, that share an outcome without an attempt. */
    record Range(FireId first, Instant last, long count) {

        static Range of(FireId fire) {
            return new Range(fire, fire.due(), 1);
        }
    }

    private final ShardBook book;
    private final ShardEffects effects;

    Outcomes(ShardBook book, ShardEffects effects) {
        this.book = book;
        this.effects = effects;
    }

    static Mark.Final verdict(Outcome outcome, String reason) {
        return new Mark.Final(outcome, reason);
    }

    /** A live fire has ended. */
    void finish(Fire fire, Mark.Final verdict, Moment now) {
        fire.on(verdict.outcome() == Outcome.SUCCEEDED ? Event.SUCCEED : Event.END);
        book.live.remove(fire.id);
        Range one = Range.of(fire.id);
        if (fire.begun()) {
            journal(Kind.FINAL, fire, verdict, now.wall());
            note(one, verdict, fire.attempt, fire.started, now);
            place(one, verdict, Instant.MIN);
            announceDelay(one, now);
            book.dirty = true;
        } else {
            settle(one, verdict, Instant.MIN, now);
        }
    }

    /**
     * A final outcome of a fire, or of a range of fires, of which no attempt was started.
     *
     * @param previous the due instant right before the first of them, if a span of the same outcome may end there
     */
    void settle(Range fires, Mark.Final verdict, Instant previous, Moment now) {
        effects.journal(new FireEntry(
                Kind.FINAL,
                book.grant.shard().jobUid(),
                book.grant.shard().layout(),
                book.grant.shard().shard(),
                fires.first(),
                fires.last(),
                fires.count(),
                0,
                0,
                Instant.EPOCH,
                now.wall(),
                verdict.outcome(),
                verdict.reason()));
        note(fires, verdict, 0, Instant.EPOCH, now);
        place(fires, verdict, previous);
        announceDelay(fires, now);
        book.dirty = true;
    }

    /** A line about an attempt at a fire; {@code ended} is {@link Instant#EPOCH} for a start. */
    void journal(Kind kind, Fire fire, Mark.Final said, Instant ended) {
        effects.journal(new FireEntry(
                kind,
                book.grant.shard().jobUid(),
                book.grant.shard().layout(),
                book.grant.shard().shard(),
                fire.id,
                fire.id.due(),
                1,
                fire.attempt,
                fire.token,
                fire.started,
                ended,
                said.outcome(),
                said.reason()));
    }

    private void place(Range fires, Mark.Final said, Instant previous) {
        // Many of these may lie in one record; the full text is in the journal.
        Mark.Final verdict = verdict(said.outcome(), FailureText.brief(said.reason()));
        FireId first = fires.first();
        if (first.isScheduled()) {
            book.spans.add(first.due(), fires.last(), fires.count(), verdict, previous);
        } else {
            String id = first.requested().orElseThrow();
            book.requested.put(id, new RequestedRun(id, first.due(), verdict));
        }
    }

    private void announceDelay(Range fires, Moment now) {
        // A fire of an earlier version with instants of its own says nothing of the delay: the first one stands as it
        // is. A range may begin under such a version and end with the fire that the delay counts from.
        FireId first = fires.first();
        if (first.isScheduled() && (book.delayed(first.due()) || book.delayed(fires.last()))) {
            book.delayNext = book.due()
                    .nextAfterCompletion(now.wall())
                    .map(next -> ShardBook.later(next, fires.last().plusMillis(1)))
                    .map(next -> Instant.ofEpochMilli(next.toEpochMilli()));
        }
    }

    private void note(Range fires, Mark.Final verdict, int attempt, Instant started, Moment now) {
        if (!book.recent.isEmpty()) {
            // Only the newest is told in full.
            book.recent.addFirst(book.recent.removeFirst().brief());
        }
        book.recent.addFirst(new RecentOutcome(
                fires.first().due(),
                fires.count(),
                fires.first().requested().orElse(""),
                verdict.outcome(),
                verdict.reason(),
                attempt,
                started,
                now.wall(),
                book.grant.incarnation()));
        while (book.recent.size() > LedgerRecord.MAX_RECENT) {
            book.recent.removeLast();
        }
    }
}
