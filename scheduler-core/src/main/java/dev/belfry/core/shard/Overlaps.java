package dev.belfry.core.shard;

import static dev.belfry.core.shard.Outcomes.verdict;

import dev.belfry.core.job.Overlap;
import dev.belfry.core.job.OverlapPolicy;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.FireState;
import dev.belfry.core.run.Moment;
import dev.belfry.core.run.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The overlap policy: whether a fire that has come is taken up, and whose turn it is. */
final class Overlaps {
    private final ShardBook book;
    private final Outcomes outcomes;
    private final FireAttempts attempts;

    Overlaps(ShardBook book, Outcomes outcomes, FireAttempts attempts) {
        this.book = book;
        this.outcomes = outcomes;
        this.attempts = attempts;
    }

    /** A fire has come on time: it is taken up, put into the buffer, or skipped. */
    void onTime(Fire fire, Moment now) {
        Overlap overlap = fire.rules.overlap();
        if (book.live.isEmpty() || (overlap.policy() == OverlapPolicy.ALLOW && sideBySide() < overlap.limit())) {
            book.live.put(fire.id, fire);
            return;
        }
        switch (overlap.policy()) {
            case SKIP, ALLOW -> skip(fire.id, Reasons.OVERLAP, now);
            case BUFFER_ONE -> buffer(fire, buffered() < 1, now);
            case BUFFER_ALL -> buffer(fire, buffered() < overlap.limit(), now);
            case CANCEL_RUNNING -> replace(fire, now);
        }
    }

    private long sideBySide() {
        return book.live.values().stream()
                .filter(f -> !f.late || f.state != FireState.WAITING)
                .count();
    }

    /** How many wait in the buffer; one that was cut short waits to go on, and one found late for its turn. */
    private long buffered() {
        return book.live.values().stream().filter(f -> f.waits() && !f.late).count();
    }

    private void buffer(Fire fire, boolean room, Moment now) {
        if (room) {
            book.live.put(fire.id, fire);
        } else {
            skip(fire.id, Reasons.BUFFER_FULL, now);
        }
    }

    /** The newest takes the place of whatever runs, backs off, is claimed or waits, but for late fires that wait. */
    private void replace(Fire fire, Moment now) {
        for (Fire other : book.fires()) {
            if (other.state == FireState.CLAIMING) {
                attempts.retract(other);
                giveWay(other, now);
            } else if (other.state == FireState.BACKING_OFF || (other.state == FireState.WAITING && !other.late)) {
                giveWay(other, now);
            }
        }
        book.live.put(fire.id, fire);
        attempts.stopAll(Reasons.CANCELLED_BY_NEWER);
    }

    private void giveWay(Fire fire, Moment now) {
        Mark.Final verdict = fire.begun()
                ? verdict(Outcome.CANCELLED, Reasons.CANCELLED_BY_NEWER)
                : verdict(Outcome.SKIPPED, Reasons.REPLACED);
        outcomes.finish(fire, verdict, now);
    }

    private void skip(FireId id, String reason, Moment now) {
        Optional<Span> before = book.spans.all().stream().max(Comparator.comparing(Span::last));
        Instant previous = before.map(Span::last).orElse(Instant.MIN);
        boolean adjacent = before.isPresent()
                && book.due().next(previous).filter(id.due()::equals).isPresent();
        Mark.Final verdict = verdict(Outcome.SKIPPED, book.why(id.due(), reason));
        outcomes.settle(Outcomes.Range.of(id), verdict, adjacent ? previous : Instant.MIN, now);
    }

    /** Starts what may start: late fires one after another, then buffered ones; all of them with {@code allow}. */
    void turn(Moment now) {
        boolean busy = false;
        boolean lateRuns = false;
        List<Fire> waiting = new ArrayList<>();
        for (Fire fire : book.live.values()) {
            if (fire.state == FireState.WAITING) {
                waiting.add(fire);
            } else {
                busy = true;
                lateRuns |= fire.late;
            }
        }
        // What was begun and cut short goes with the late ones, in the order of its instant.
        waiting.sort(Comparator.comparing((Fire f) -> !f.late && !f.begun()).thenComparing(f -> f.id));
        for (Fire fire : waiting) {
            boolean parallel = fire.rules.overlap().policy() == OverlapPolicy.ALLOW && !(fire.late && lateRuns);
            if (busy && !parallel) {
                continue;
            }
            boolean begun = attempts.begin(fire, now);
            busy |= begun;
            lateRuns |= begun && fire.late;
        }
    }
}
