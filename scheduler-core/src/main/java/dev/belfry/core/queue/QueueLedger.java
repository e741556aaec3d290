package dev.belfry.core.queue;

import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.ledger.Mark;
import dev.belfry.core.ledger.Span;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.trigger.DueSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the ledger of one shard of a queued job would say, if the queue kept one: which fires have no outcome. Pure. */
public final class QueueLedger {
    private static final long COUNT_LIMIT = 1_000_000;
    private static final Mark SETTLED = new Mark.Final(Outcome.UNKNOWN, "");

    private QueueLedger() {}

    /**
     * Puts it together.
     *
     * @param due what the queue owes of the job by its schedule
     * @param mark how far the fires of the job have come
     * @param tasks of the job, of scheduled fires, that have no outcome; of any shard
     */
    public static LedgerRecord of(DueSet due, FiresMark mark, Collection<QueuedTask> tasks, int shard) {
        TreeMap<Instant, Optional<Mark>> open = new TreeMap<>();
        mark.waiting().forEach(turn -> open.put(turn.due(), Optional.empty()));
        tasks.stream()
                .filter(task -> task.id().shard() == shard)
                .forEach(task -> task.run().due().ifPresent(at -> open.put(at, begun(task))));
        Instant settled = open.isEmpty() ? mark.upTo() : open.firstKey().minusMillis(1);
        List<Span> above = new ArrayList<>();
        Instant after = settled;
        for (Map.Entry<Instant, Optional<Mark>> each : open.entrySet()) {
            between(due, after, each.getKey().minusMillis(1), above);
            each.getValue().ifPresent(begun -> above.add(Span.of(each.getKey(), begun)));
            after = each.getKey();
        }
        between(due, after, mark.upTo(), above);
        // The instant of a fixed delay is in no definition.
        Optional<Instant> delayed = mark.delayNext()
                .or(() -> open.keySet().stream()
                        .filter(at ->
                                due.next(at.minusMillis(1)).filter(at::equals).isEmpty())
                        .findFirst());
        return new LedgerRecord(
                "", 0, 0, settled, above, List.of(), List.of(), delayed, Optional.empty(), Optional.empty());
    }

    /** The agent that has a task; empty if it waits. */
    public static Optional<String> holder(QueuedTask task) {
        return task.dispatches.values().stream()
                .map(QueuedTask.Dispatch::incarnation)
                .findFirst();
    }

    /** The agent that has the second attempt beside a slow one; empty if there is none. */
    public static Optional<String> backup(QueuedTask task) {
        return task.dispatches.values().stream()
                .skip(1)
                .map(QueuedTask.Dispatch::incarnation)
                .findFirst();
    }

    private static Optional<Mark> begun(QueuedTask task) {
        return task.dispatches.entrySet().stream()
                .findFirst()
                .map(entry -> new Mark.Started(
                        task.history().attempts() + 1,
                        entry.getKey(),
                        task.accepted(),
                        entry.getValue().incarnation()));
    }

    private static void between(DueSet due, Instant after, Instant upTo, List<Span> above) {
        Optional<Instant> first = after.isBefore(upTo) ? due.next(after) : Optional.empty();
        if (first.isPresent() && !first.get().isAfter(upTo)) {
            Instant last = due.latest(after, upTo).orElse(first.get());
            above.add(new Span(first.get(), last, due.count(after, upTo, COUNT_LIMIT), SETTLED));
        }
    }
}
