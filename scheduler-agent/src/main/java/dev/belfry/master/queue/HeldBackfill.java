package dev.belfry.master.queue;

import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.record.Paths;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.BackfillRunCodec;
import dev.belfry.core.workflow.JobRunId;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.store.Transaction;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A backfill in the hands of the master. Mutable; owned by its {@link BackfillDesk}. */
final class HeldBackfill {
    /** Its runs, or workflow runs, that have no outcome. */
    final Set<String> open = new TreeSet<>();
    /** Those of them that were told to stop in this term. */
    final Set<String> told = new HashSet<>();

    /** All instants of its range, in the order of time; none while they have not been counted. */
    List<Instant> instants = List.of();

    BackfillRun run;
    /** Of its znode; -1 while there is none. */
    private int version;

    private boolean changed;
    /** What was written last: it may have become something else while that was under way. */
    private @Nullable BackfillRun sent;

    /** @param version -1 if it is not stored */
    HeldBackfill(BackfillRun run, int version) {
        this.run = run;
        this.version = version;
        this.changed = version < 0;
    }

    void becomes(BackfillRun next) {
        changed |= !next.equals(run);
        run = next;
    }

    boolean isChanged() {
        return changed;
    }

    boolean isStored() {
        return version >= 0;
    }

    /** Whether it is over, and stored so. */
    boolean isStill() {
        return !changed && run.phase().over();
    }

    Transaction.Write write() {
        String path = Paths.backfill(run.id().toString());
        byte[] data = BackfillRunCodec.encode(run);
        sent = run;
        return version < 0 ? new Transaction.Create(path, data, false) : new Transaction.Put(path, data, version);
    }

    Transaction.Write delete() {
        return new Transaction.Delete(Paths.backfill(run.id().toString()), version);
    }

    void written() {
        changed = !run.equals(sent);
        version++;
    }

    /** The run of an instant, of a job that is in no workflow. */
    Submission submission(int shards, Instant due) {
        String uid = run.job().uid();
        return new Submission(
                run.id().run(uid, due),
                uid,
                shards,
                Optional.of(due),
                Map.of(),
                Submission.USUAL.withAsOf(Optional.of(run.job().asOf())),
                run.asked().by());
    }

    /** What the record says of an instant that is passed over since another run is under way. */
    FireEntry skipped(Instant due, Instant now) {
        String uid = run.job().uid();
        return new FireEntry(
                FireEntry.Kind.FINAL,
                uid,
                0,
                "0",
                run.id().fire(uid, due),
                due,
                1,
                0,
                0,
                Instant.EPOCH,
                now,
                Outcome.SKIPPED,
                Reasons.OVERLAP);
    }

    /** Whether a run is one of a backfill, by its id, and none that is part of another: of a workflow run, or of a run that is split. */
    static boolean isRun(BackfillRun backfill, String run) {
        return run.startsWith(backfill.job().uid() + "!" + backfill.id().token() + "@")
                && SubTaskId.parentOf(run).isEmpty()
                && JobRunId.parse(run).isEmpty();
    }
}
