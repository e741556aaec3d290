package dev.belfry.core.shard;

import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Released;
import dev.belfry.core.ledger.RequestedRun;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.FireState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Makes the ledger record of a shard from its book, and notes which batch carries which claim. */
final class RecordWriter {
    private final ShardBook book;

    RecordWriter(ShardBook book) {
        this.book = book;
    }

    /** The record as of now; from here on the book is clean until the next change. */
    LedgerRecord record(long batch, Optional<Released> released) {
        book.dirty = false;
        List<Span> above = new ArrayList<>(book.spans.all());
        List<RequestedRun> runs = new ArrayList<>(book.requested.values());
        for (Fire fire : book.live.values()) {
            if (!fire.begun()) {
                fire.told |= fire.waits();
                continue;
            }
            if (fire.state == FireState.CLAIMING && fire.claimBatch == 0) {
                fire.claimBatch = batch;
            }
            Mark state = mark(fire);
            if (fire.id.isScheduled()) {
                above.add(Span.of(fire.id.due(), state));
            } else {
                runs.add(new RequestedRun(fire.id.requested().orElseThrow(), fire.id.due(), state));
            }
        }
        above.sort(Comparator.comparing(Span::first));
        return new LedgerRecord(
                book.grant.incarnation(),
                batch,
                book.grant.since(),
                book.mark,
                above,
                runs,
                List.copyOf(book.recent),
                book.delayNext,
                released,
                book.attended.or(book::attendance));
    }

    private Mark mark(Fire fire) {
        String incarnation = book.grant.incarnation();
        return isClaim(fire)
                ? new Mark.Claimed(fire.attempt, fire.token, fire.started, incarnation)
                : new Mark.Started(fire.attempt, fire.token, fire.started, incarnation, fire.failures, fire.first);
    }

    /** Whether the attempt, once begun, must not be begun again; one that has failed may be followed by the next. */
    private boolean isClaim(Fire fire) {
        boolean open = fire.state == FireState.CLAIMING || fire.running();
        return fire.doubtful || (open && fire.rules.recovery() == Recovery.SKIP);
    }

    /** The write was refused or is to be made again. */
    void notWritten() {
        book.dirty = true;
        for (Fire fire : book.live.values()) {
            if (fire.state == FireState.CLAIMING && !fire.claimed) {
                fire.claimBatch = 0;
            }
        }
    }
}
