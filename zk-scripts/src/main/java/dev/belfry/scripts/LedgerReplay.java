package dev.belfry.scripts;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.shard.DelayedDue;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.VersionedDueSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings the ledger of a shard up to the journal: in a copy that was taken while agents went on, lines may be newer than the
 * ledger. What they say has an outcome is final then, and what they say has begun has begun. One use, not thread-safe.
 */
final class LedgerReplay {
    private final JobRecord job;
    private final LedgerRecord before;
    private final VersionedDueSet due;
    private final TreeMap<Instant, Span> spans = new TreeMap<>();
    private final TreeMap<Instant, Mark> begun = new TreeMap<>();
    private final Map<String, RequestedRun> runs = new LinkedHashMap<>();
    private Instant mark;
    private Optional<Instant> delayNext;

    /** @param layout of the shard; 0 for a broadcast job */
    LedgerReplay(JobRecord job, int layout, LedgerRecord before) {
        this.job = job;
        this.before = before;
        this.due = due(job, layout);
        this.mark = before.mark();
        this.delayNext = before.delayNext();
        for (Span span : before.above()) {
            if (span.mark() instanceof Mark.Final) {
                spans.put(span.first(), span);
            } else {
                begun.put(span.first(), span.mark());
            }
        }
        before.requested().forEach(run -> runs.put(run.runId(), run));
    }

    /** What such a layout owes. */
    static VersionedDueSet due(JobRecord job, int layout) {
        return VersionedDueSet.of(job, layout == 0 ? job.newest().layout() : layout);
    }

    /** Takes in one line; lines of one writer come in the order in which they were written. */
    void line(String writer, FireEntry line) {
        if (line.kind() == FireEntry.Kind.ABANDONED) {
            return;
        }
        if (line.fire().isScheduled()) {
            scheduled(writer, line);
        } else {
            requested(writer, line);
        }
    }

    private void scheduled(String writer, FireEntry line) {
        Instant first = line.fire().due();
        if (!line.last().isAfter(mark) || covered(first) || covered(line.last())) {
            return;
        }
        if (line.kind() == FireEntry.Kind.FINAL) {
            begun.subMap(first, true, line.last(), true).clear();
            spans.put(first, new Span(first, line.last(), line.count(), new Mark.Final(line.outcome(), line.reason())));
            announce(line);
        } else {
            Mark known = begun.get(first);
            if (token(known) <= line.token()) {
                begun.put(first, attempt(writer, line, Optional.ofNullable(known)));
            }
        }
    }

    /** The next fire of a fixed delay follows from the end of the one that was announced. */
    private void announce(FireEntry line) {
        Instant last = line.last();
        if (delayNext.filter(last::equals).isPresent()
                || due.nextAfterCompletion(last).isPresent()) {
            delayNext = due.nextAfterCompletion(line.ended())
                    .map(next -> next.isAfter(last) ? next : last.plusMillis(1))
                    .map(next -> Instant.ofEpochMilli(next.toEpochMilli()));
        }
    }

    private void requested(String writer, FireEntry line) {
        String id = line.fire().requested().orElseThrow();
        RequestedRun known = runs.get(id);
        boolean asked =
                job.requests().stream().anyMatch(request -> request.runId().equals(id));
        boolean over = known != null && known.mark() instanceof Mark.Final;
        if (over || (known == null && !asked)) {
            return;
        }
        Optional<Mark> then = Optional.ofNullable(known).map(RequestedRun::mark);
        if (line.kind() == FireEntry.Kind.FINAL) {
            Mark end = new Mark.Final(line.outcome(), line.reason());
            runs.put(id, new RequestedRun(id, line.fire().due(), end));
        } else if (token(then.orElse(null)) <= line.token()) {
            runs.put(id, new RequestedRun(id, line.fire().due(), attempt(writer, line, then)));
        }
    }

    private boolean covered(Instant instant) {
        if (!instant.isAfter(mark)) {
            return true;
        }
        Map.Entry<Instant, Span> floor = spans.floorEntry(instant);
        return floor != null && floor.getValue().covers(instant);
    }

    private static long token(@Nullable Mark mark) {
        if (mark instanceof Mark.Started started) {
            return started.token();
        }
        return mark instanceof Mark.Claimed claimed ? claimed.token() : 0;
    }

    private Mark attempt(String writer, FireEntry line, Optional<Mark> known) {
        boolean once = job.at(line.fire().due()).definition().recovery() == Recovery.SKIP;
        if (once && line.kind() == FireEntry.Kind.STARTED) {
            return new Mark.Claimed(line.attempt(), line.token(), line.started(), writer);
        }
        boolean failed = line.kind() == FireEntry.Kind.ENDED
                && (line.outcome() == Outcome.FAILED || line.outcome() == Outcome.TIMED_OUT);
        int failures = failed ? 1 : 0;
        Instant first = line.started();
        if (known.isPresent() && known.get() instanceof Mark.Started started) {
            failures += started.failures();
            first = started.first();
        }
        return new Mark.Started(line.attempt(), line.token(), line.started(), writer, failures, first);
    }

    /** The ledger as it is after all lines. */
    LedgerRecord replayed() {
        advance();
        List<Span> above = new ArrayList<>();
        for (Span span : spans.values()) {
            if (span.last().isAfter(mark)) {
                join(above, span);
            }
        }
        begun.forEach((fire, state) -> {
            if (fire.isAfter(mark)) {
                above.add(Span.of(fire, state));
            }
        });
        above.sort(Comparator.comparing(Span::first));
        return new LedgerRecord(
                before.writer(),
                before.batch(),
                before.since(),
                mark,
                above,
                List.copyOf(runs.values()),
                before.recent(),
                delayNext,
                before.released(),
                before.attended());
    }

    /** Moves the mark over what is due next, as long as that is final. */
    private void advance() {
        for (Span span : List.copyOf(spans.values())) {
            Optional<Instant> next = DelayedDue.of(delayNext.filter(announced -> !covered(announced)), due)
                    .next(mark);
            boolean open = !begun.headMap(span.first()).isEmpty();
            boolean follows = next.isEmpty() || !next.get().isBefore(span.first());
            if (open || !follows) {
                return;
            }
            mark = span.last().isAfter(mark) ? span.last() : mark;
        }
    }

    private void join(List<Span> above, Span span) {
        Span last = above.isEmpty() ? null : above.get(above.size() - 1);
        boolean joins = last != null
                && last.mark().equals(span.mark())
                && due.next(last.last()).filter(span.first()::equals).isPresent();
        if (last != null && joins) {
            above.set(above.size() - 1, new Span(last.first(), span.last(), last.count() + span.count(), span.mark()));
        } else {
            above.add(span);
        }
    }
}
