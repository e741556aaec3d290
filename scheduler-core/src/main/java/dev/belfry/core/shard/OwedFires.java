package dev.belfry.core.shard;

import static dev.belfry.core.shard.Outcomes.verdict;
import static dev.belfry.core.shard.ShardBook.earlier;
import static dev.belfry.core.shard.ShardBook.later;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Released;
import dev.belfry.core.run.FireState;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.trigger.DueSet;
import dev.belfry.core.trigger.Owed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Settles fires that nobody started in time: after a take-over, a lapse of the lease, a stall, a hand-over called off. */
final class OwedFires {
    /** Fires due up to this long after a hand-over was let go of still count as due during it. */
    static final Duration HANDOVER_TAIL = Duration.ofSeconds(30);
    /** Late fires of a hand-over that are run at most. */
    static final int HANDOVER_LIMIT = 1_000;
    /** Fires of a range are counted one by one up to here. */
    private static final long COUNT_LIMIT = 1_000_000;

    private final ShardBook book;
    private final Outcomes outcomes;
    /** The hand-over by which the shard came here, until what was due during it is settled. */
    private Optional<Released> inherited;

    OwedFires(ShardBook book, Outcomes outcomes, Optional<Released> inherited) {
        this.book = book;
        this.outcomes = outcomes;
        this.inherited = inherited;
    }

    /** Settles what a predecessor began and did not finish; with the first decision, when time is known. */
    void recover(Moment now) {
        for (Fire fire : book.fires()) {
            if (fire.state == FireState.WAITING
                    && fire.begun()
                    && book.job.definition().recovery() == Recovery.SKIP) {
                outcomes.finish(fire, verdict(Outcome.LOST, Reasons.CLAIM_WITHOUT_OUTCOME), now);
            }
        }
    }

    /** Settles everything due up to {@code upTo} that is neither final nor live. */
    void settle(Moment now, Instant upTo) {
        if (!book.decided.isBefore(upTo)) {
            return;
        }
        Instant misfiresAfter = book.decided;
        if (inherited.isPresent()) {
            Instant from = later(book.decided, inherited.get().from());
            Instant to = earlier(upTo, inherited.get().at().plus(HANDOVER_TAIL));
            byMisfirePolicy(book.gaps(book.decided, earlier(from, upTo)), now);
            if (from.isBefore(to)) {
                runAllLate(book.gaps(from, to), now);
            }
            misfiresAfter = later(from, to);
            inherited = Optional.empty();
        }
        byMisfirePolicy(book.gaps(misfiresAfter, upTo), now);
        book.decided = upTo;
    }

    /** Settles fires that the threshold calls late although the owner lived: the process stalled, or the list was full. */
    void settleStalled(Moment now, Instant upTo) {
        Optional<Instant> next = book.nextDue();
        Instant onTimeFrom = now.wall().minus(book.job.definition().misfire().threshold());
        if (next.isEmpty()
                || book.full()
                || !book.job.due().jittered(next.get()).isBefore(onTimeFrom)) {
            return;
        }
        Instant until = earlier(onTimeFrom, upTo);
        // A predecessor whose clock was ahead may have settled some of them.
        byMisfirePolicy(book.gaps(book.decided, until), now);
        book.decided = until;
    }

    /** Runs everything late that was due, up to {@code upTo}, during a hand-over that was called off. */
    void settleCalledOff(Moment now, Instant upTo) {
        runAllLate(book.gaps(book.decided, upTo), now);
        book.decided = later(book.decided, upTo);
    }

    /** Gives everything due up to {@code upTo} that is neither final nor live one outcome. */
    void settleAll(Instant upTo, Mark.Final verdict, Moment now) {
        if (book.decided.isBefore(upTo)) {
            // Taken over and not decided yet, some of it may be final or have begun all the same.
            settleRanges(book.gaps(book.decided, upTo), verdict, now);
            book.decided = upTo;
        }
    }

    private void byMisfirePolicy(List<Owed.Gap> gaps, Moment now) {
        if (book.job.paused()) {
            settleRanges(gaps, verdict(Outcome.SKIPPED, Reasons.PAUSED), now);
        } else {
            take(Owed.settle(book.due(), gaps, book.job.definition().misfire(), now.wall()), Reasons.MISFIRE, now);
        }
    }

    private void runAllLate(List<Owed.Gap> gaps, Moment now) {
        if (book.job.paused()) {
            settleRanges(gaps, verdict(Outcome.SKIPPED, Reasons.PAUSED), now);
        } else {
            take(Owed.allLate(book.due(), gaps, HANDOVER_LIMIT), Reasons.HANDOVER, now);
        }
    }

    private void take(Owed settled, String why, Moment now) {
        for (Owed.Missed missed : settled.missed()) {
            Outcomes.Range range = new Outcomes.Range(FireId.scheduled(missed.first()), missed.last(), missed.count());
            outcomes.settle(range, verdict(Outcome.MISSED, missed.reason()), Instant.MIN, now);
        }
        for (Instant instant : settled.late()) {
            FireId id = FireId.scheduled(instant);
            book.live.put(id, new Fire(id, true, why));
        }
    }

    private void settleRanges(List<Owed.Gap> gaps, Mark.Final verdict, Moment now) {
        for (Owed.Gap gap : gaps) {
            DueSet set = book.due();
            Optional<Instant> first = set.next(gap.after());
            if (first.isPresent() && !first.get().isAfter(gap.upTo())) {
                Instant last = set.latest(gap.after(), gap.upTo()).orElseThrow();
                long count = set.count(gap.after(), gap.upTo(), COUNT_LIMIT);
                Outcomes.Range range = new Outcomes.Range(FireId.scheduled(first.get()), last, count);
                outcomes.settle(range, verdict, Instant.MIN, now);
            }
        }
    }
}
