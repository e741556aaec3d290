package dev.belfry.core.shard;

import static dev.belfry.core.shard.Outcomes.verdict;
import static dev.belfry.core.shard.ShardBook.earlier;
import static dev.belfry.core.shard.ShardBook.later;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Released;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.trigger.DueSet;
import dev.belfry.core.trigger.Owed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Settles fires that nobody started in time: after a take-over, a lapse of the lease, a stall, a hand-over called off. */
final class OwedFires {
    /** Fires due up to this long after a hand-over was let go of still count as due during it. */
    static final Duration HANDOVER_TAIL = Duration.ofSeconds(30);
    /** Late fires of a hand-over that are run at most. */
    static final int HANDOVER_LIMIT = 1_000;
    /** Fires of a range are counted one by one up to here. */
    private static final long COUNT_LIMIT = 1_000_000;

    private static final Mark.Final PAUSED = verdict(Outcome.SKIPPED, Reasons.PAUSED);

    private final ShardBook book;
    private final Outcomes outcomes;

    /** The hand-over by which the shard came here, until what was due during it is settled. */
    private Optional<Released> inherited;
    /** A hand-over that was called off, until what was due during it is settled. */
    private Optional<Window> calledOff = Optional.empty();

    /** Of a broadcast shard: until when its agent was not there, if an incarnation before was lost. */
    private Optional<Absence> absence = Optional.empty();

    private record Absence(Instant until, Instant there, Duration most, List<FireId> asked) {}

    /** Fires due in it run late, whatever the misfire policy: a planned hand-over was under way. */
    private record Window(Instant from, Instant to) {}

    OwedFires(ShardBook book, Outcomes outcomes, Optional<Released> inherited) {
        this.book = book;
        this.outcomes = outcomes;
        this.inherited = inherited;
    }

    void absent(Instant until, Instant there, Duration most, List<FireId> asked) {
        absence = Optional.of(new Absence(until, there, most, List.copyOf(asked)));
    }

    /** Records what an earlier incarnation of the agent may have run without a trace, and passes over the rest of that time. */
    void settleAbsence(Moment now) {
        absence.ifPresent(absent -> {
            absence = Optional.empty();
            settleWaited(absent.asked(), now);
            List<Owed.Gap> gaps = book.rules().where(false, book.gaps(book.decided, absent.until()));
            settleAsked(absent, gaps, now);
            firstDue(gaps, Instant.MIN).ifPresent(first -> {
                Instant edge = first.plus(absent.most());
                mayHaveRun(gaps, Instant.MIN, edge, now);
                firstDue(gaps, absent.there())
                        .ifPresent(due -> mayHaveRun(gaps, later(edge, absent.there()), due.plus(absent.most()), now));
            });
            book.decided = later(book.decided, absent.until());
        });
    }

    /**
     * Of the time in which the agent is known to have been there, what it left no trace of had waited for its turn, or had its
     * turn just then.
     */
    private void settleWaited(List<FireId> asked, Moment now) {
        book.attended.ifPresent(there -> {
            book.attended = Optional.empty();
            Instant from = later(book.decided, there.from());
            if (from.isBefore(there.to())) {
                DueSet set = book.due();
                List<Owed.Gap> gaps = book.rules().where(false, book.gaps(from, there.to()));
                settleRanges(set, gaps, verdict(Outcome.MISSED, Reasons.OUTCOME_UNKNOWN), now);
            }
            for (FireId id : asked) {
                boolean then = id.due().isAfter(there.from()) && !id.due().isAfter(there.to());
                if (then && !book.knows(id)) {
                    Mark.Final missed = verdict(Outcome.MISSED, Reasons.OUTCOME_UNKNOWN);
                    outcomes.settle(Outcomes.Range.of(id), missed, Instant.MIN, now);
                }
            }
        });
    }

    /**
     * Runs that were asked for when an incarnation before may have been there. Had it lived on after the first event without a
     * trace for as long as is possible, it would have recorded that.
     */
    private void settleAsked(Absence absent, List<Owed.Gap> gaps, Moment now) {
        List<FireId> unknown = absent.asked().stream()
                .filter(id -> id.due().isAfter(absent.there()) && !id.due().isAfter(absent.until()))
                .filter(id -> !book.knows(id) && book.rules().at(id.due()).recovery() == Recovery.RERUN)
                .toList();
        Stream.concat(unknown.stream().map(FireId::due), firstDue(gaps, absent.there()).stream())
                .min(Comparator.naturalOrder())
                .ifPresent(first -> {
                    Instant edge = first.plus(absent.most());
                    for (FireId id : unknown) {
                        if (!id.due().isAfter(edge)) {
                            Mark.Final missed = verdict(Outcome.MISSED, Reasons.OUTCOME_UNKNOWN);
                            outcomes.settle(Outcomes.Range.of(id), missed, Instant.MIN, now);
                        }
                    }
                });
    }

    private Optional<Instant> firstDue(List<Owed.Gap> gaps, Instant after) {
        return gaps.stream()
                .filter(gap -> gap.upTo().isAfter(after))
                .flatMap(gap ->
                        book.due().next(later(gap.after(), after)).filter(due -> !due.isAfter(gap.upTo())).stream())
                .findFirst();
    }

    private void mayHaveRun(List<Owed.Gap> gaps, Instant after, Instant edge, Moment now) {
        DueSet set = book.due();
        List<Owed.Gap> within = gaps.stream()
                .map(gap -> new Owed.Gap(later(gap.after(), after), earlier(gap.upTo(), edge)))
                .filter(gap -> gap.after().isBefore(gap.upTo()))
                .flatMap(gap -> book.rules().cut(gap).stream())
                .filter(gap -> book.rules().at(gap.upTo()).recovery() == Recovery.RERUN)
                .toList();
        settleRanges(set, within, verdict(Outcome.MISSED, Reasons.OUTCOME_UNKNOWN), now);
    }

    /**
     * Settles what a predecessor claimed and did not finish; with the first decision, when time is known. What it only
     * started waits for its turn: it runs again.
     */
    void recover(Moment now) {
        for (Fire fire : book.fires()) {
            if (fire.doubtful) {
                outcomes.finish(fire, verdict(Outcome.LOST, Reasons.CLAIM_WITHOUT_OUTCOME), now);
            }
        }
    }

    /** The hand-over by which the shard came here, until what was due during it is settled: a successor has to know. */
    Optional<Released> inherited() {
        return inherited;
    }

    /** From when on what is due was left undone by a hand-over that is not settled yet: this one or the one before. */
    Instant unsettledFrom(Instant otherwise) {
        return inherited.map(Released::from).orElse(calledOff.map(Window::from).orElse(otherwise));
    }

    /** A hand-over was called off while nothing may start: what was due in it is settled once something may. */
    void calledOff(Instant from, Instant to) {
        calledOff = Optional.of(new Window(from, to));
    }

    /** Settles everything that was to start up to {@code present} and is neither final nor live. */
    void settle(Moment now, Instant present) {
        Instant upTo = startedBy(present);
        if (!book.decided.isBefore(upTo)) {
            return;
        }
        Instant misfiresAfter = book.decided;
        for (Window handOver : handOvers()) {
            Instant from = later(misfiresAfter, handOver.from());
            Instant to = earlier(upTo, handOver.to());
            byMisfirePolicy(book.gaps(misfiresAfter, earlier(from, upTo)), now, present);
            if (from.isBefore(to)) {
                runAllLate(book.gaps(from, to), now);
            }
            misfiresAfter = later(from, to);
        }
        inherited = Optional.empty();
        calledOff = Optional.empty();
        byMisfirePolicy(book.gaps(misfiresAfter, upTo), now, present);
        book.decided = upTo;
    }

    private List<Window> handOvers() {
        List<Window> windows = new ArrayList<>();
        inherited.ifPresent(released ->
                windows.add(new Window(released.from(), released.at().plus(HANDOVER_TAIL))));
        calledOff.ifPresent(windows::add);
        return windows;
    }

    /** Settles fires that the threshold calls late although the owner lived: the process stalled, or the list was full. */
    void settleStalled(Moment now, Instant present) {
        Optional<Instant> next = book.nextDue();
        if (next.isEmpty() || book.full()) {
            return;
        }
        // By the clock that decides what is due: one that is ahead of the ensemble's makes no fire late.
        Instant onTimeFrom = present.minus(book.rules().at(next.get()).misfire().threshold());
        if (!book.due().jittered(next.get()).isBefore(onTimeFrom)) {
            return;
        }
        Instant until = startedBy(onTimeFrom);
        // A predecessor whose clock was ahead may have settled some of them.
        byMisfirePolicy(book.gaps(book.decided, until), now, present);
        book.decided = until;
    }

    /** The latest instant up to {@code present} with no fire at or before it that jitter lets start after {@code present}. */
    private Instant startedBy(Instant present) {
        DueSet set = book.due();
        Instant upTo = present;
        Optional<Instant> last = set.latest(book.decided, upTo);
        while (last.isPresent() && set.jittered(last.get()).isAfter(present)) {
            upTo = last.get().minusMillis(1);
            last = set.latest(book.decided, upTo);
        }
        return upTo;
    }

    /** Runs everything late that was to start, up to {@code present}, during a hand-over that was called off. */
    void settleCalledOff(Moment now, Instant present) {
        Instant upTo = startedBy(present);
        runAllLate(book.gaps(book.decided, upTo), now);
        book.decided = later(book.decided, upTo);
    }

    /**
     * Ends everything due up to {@code upTo} that is neither final nor live: nobody runs it any more. Of what a lost owner may
     * have run, that is what is said.
     */
    void supersede(Instant upTo, String reason, Moment now) {
        if (book.decided.isBefore(upTo)) {
            // Taken over and not decided yet, some of it may be final or have begun all the same.
            DueSet set = book.due();
            List<Owed.Gap> gaps = book.gaps(book.decided, upTo);
            settleRanges(set, book.rules().where(true, gaps), verdict(Outcome.SUPERSEDED, reason), now);
            for (Owed.Gap part : book.splitAtDoubt(book.rules().where(false, gaps))) {
                String why = book.why(part.upTo(), reason);
                settleRanges(set, List.of(part), verdict(Outcome.SUPERSEDED, why), now);
            }
            book.decided = upTo;
        }
    }

    /** @param present what the window is counted back from: a clock that is ahead makes no fire too old */
    private void byMisfirePolicy(List<Owed.Gap> gaps, Moment now, Instant present) {
        // As it is now: what is settled may announce the next instant of a fixed delay.
        DueSet set = book.due();
        settleRanges(set, book.rules().where(true, gaps), PAUSED, now);
        List<Instant> late = new ArrayList<>();
        book.rules().byMisfire(book.rules().where(false, gaps)).forEach((misfire, parts) -> {
            Owed settled = Owed.settle(set, book.splitAtDoubt(parts), misfire, present);
            settleMissed(settled.missed(), now);
            late.addAll(settled.late());
        });
        runLate(late, Reasons.MISFIRE);
    }

    private void runAllLate(List<Owed.Gap> gaps, Moment now) {
        DueSet set = book.due();
        settleRanges(set, book.rules().where(true, gaps), PAUSED, now);
        Owed settled = Owed.allLate(set, book.splitAtDoubt(book.rules().where(false, gaps)), HANDOVER_LIMIT);
        settleMissed(settled.missed(), now);
        runLate(settled.late(), Reasons.HANDOVER);
    }

    private void settleMissed(List<Owed.Missed> ranges, Moment now) {
        for (Owed.Missed missed : ranges) {
            Outcomes.Range range = new Outcomes.Range(FireId.scheduled(missed.first()), missed.last(), missed.count());
            String why = book.why(missed.last(), missed.reason());
            outcomes.settle(range, verdict(Outcome.MISSED, why), Instant.MIN, now);
        }
    }

    private void runLate(List<Instant> instants, String why) {
        instants.stream().sorted().map(FireId::scheduled).forEach(id -> book.live.put(id, book.late(id, why)));
    }

    private void settleRanges(DueSet set, List<Owed.Gap> gaps, Mark.Final verdict, Moment now) {
        for (Owed.Gap gap : gaps) {
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
