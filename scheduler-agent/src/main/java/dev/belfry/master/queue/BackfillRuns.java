package dev.belfry.master.queue;

import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.QueueBook;
import dev.belfry.core.queue.QueuedTask;
import dev.belfry.core.workflow.BackfillRun;
import dev.belfry.core.workflow.RunPhase;
import dev.belfry.core.workflow.SubTaskId;
import dev.belfry.core.workflow.WorkflowRun;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What the queue knows of the runs of backfills, and of what surrounds them. Not thread-safe; owned by the master's loop. */
final class BackfillRuns {
    private final QueueBook book;
    private final Function<String, Optional<FiresMark>> marks;
    private final Runnable cancelled;

    /**
     * @param marks by uid, how far the schedule of a job is
     * @param cancelled called when there are runs that the book is to cancel
     */
    BackfillRuns(QueueBook book, Function<String, Optional<FiresMark>> marks, Runnable cancelled) {
        this.book = book;
        this.marks = marks;
        this.cancelled = cancelled;
    }

    /** The runs, or workflow runs, of a backfill that have no outcome. */
    Set<String> openOf(BackfillRun backfill) {
        Set<String> open = new TreeSet<>();
        String begins = backfill.id().workflowRun(Instant.EPOCH).replace(Instant.EPOCH.toString(), "");
        book.workflows().openOf(backfill.job().uid()).stream()
                .filter(id -> id.startsWith(begins))
                .forEach(open::add);
        book.tasks().stream()
                .map(task -> task.run().runId())
                .filter(run ->
                        HeldBackfill.isRun(backfill, run) && !book.workflows().contains(run))
                .forEach(open::add);
        return open;
    }

    /** Those that have ended are not open any more. */
    void forget(HeldBackfill backfill) {
        backfill.open.removeIf(run -> !isOpen(backfill.run, run));
        backfill.told.retainAll(backfill.open);
    }

    private boolean isOpen(BackfillRun backfill, String run) {
        return book.workflows()
                .find(run)
                .map(found -> found.phase() != RunPhase.FINAL)
                .orElseGet(() -> book.knows(run, backfill.job().uid()));
    }

    /** Cancels what is under way of a backfill. */
    void cancel(HeldBackfill backfill) {
        for (String run : backfill.open) {
            if (backfill.told.add(run)) {
                if (book.workflows().find(run).isPresent()) {
                    book.workflows().cancel(run);
                } else {
                    book.cancel(run, Reasons.BACKFILL_CANCELLED);
                }
                cancelled.run();
            }
        }
    }

    /** How many more workflow runs may begin. */
    int workflowRoom() {
        return book.workflows().room();
    }

    /** A workflow run has begun. */
    void begun(WorkflowRun run) {
        book.workflows().stored(run, 0);
    }

    /** What surrounds a backfill; the other runs of its job are looked at only if it matters now. */
    BackfillRun.Situation situation(HeldBackfill backfill, int room) {
        BackfillRun run = backfill.run;
        int open = backfill.open.size();
        if (room == 0 || open >= run.request().concurrency() || run.left() == 0) {
            return new BackfillRun.Situation(open, 0, false, Set.of());
        }
        String uid = run.job().uid();
        boolean others = false;
        Set<Instant> underWay = new TreeSet<>();
        for (QueuedTask task : book.tasks()) {
            String id = task.run().runId();
            if (task.run().jobUid().equals(uid)
                    && SubTaskId.parentOf(id).isEmpty()
                    && !backfill.open.contains(id)
                    && !book.workflows().contains(id)) {
                others = true;
                task.run().due().ifPresent(underWay::add);
            }
        }
        for (String id : book.workflows().openOf(uid)) {
            if (!backfill.open.contains(id)) {
                others = true;
                book.workflows().find(id).ifPresent(found -> underWay.add(found.due()));
            }
        }
        for (FiresMark.Turn turn : marks.apply(uid).map(FiresMark::waiting).orElse(List.of())) {
            others = true;
            underWay.add(turn.due());
        }
        return new BackfillRun.Situation(open, room, others, underWay);
    }
}
