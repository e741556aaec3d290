package dev.belfry.core.dispatch;

import dev.belfry.core.agent.LabelSelector;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/** The tasks of a job that may run on the same agents: what keeps the first of them from starting keeps all. */
final class Lane {
    /** The order in which lanes are looked at: by the slot of the first task, then by the order of the queue. */
    static final Comparator<Lane> ORDER = Comparator.comparingLong((Lane each) -> each.rank)
            .thenComparingInt(each -> each.queue)
            .thenComparingLong(each -> each.key)
            .thenComparingLong(each -> each.since)
            .thenComparingLong(each -> each.number)
            .thenComparing(each -> each.first);

    /** What makes tasks of one job different in where they may run. */
    record Variant(Optional<String> only, Optional<String> never, LabelSelector labels) {
        static final Variant USUAL = new Variant(Optional.empty(), Optional.empty(), LabelSelector.ANY);

        static Variant of(Where where) {
            boolean usual = where.only().isEmpty()
                    && where.never().isEmpty()
                    && where.labels().isAny();
            return usual ? USUAL : new Variant(where.only(), where.never(), where.labels());
        }
    }

    final JobLine job;
    final Variant variant;
    final Kind kind;
    final TreeSet<Entry> ready = new TreeSet<>(Entry.ORDER);
    /** Tasks that may not start yet. */
    int early;

    /** Since when its first tasks have waited for nothing but room without any being dispatched. */
    long roomSince = Entry.NEVER;

    /** The last round in which it could not start anything: it may meet the round again when its job moves back. */
    long passed = -1;

    boolean indexed;
    private long rank;
    private int queue;
    private long key;
    private long since;
    private long number;
    private TaskId first = TaskId.of("", 0);

    Lane(JobLine job, Variant variant, Kind kind) {
        this.job = job;
        this.variant = variant;
        this.kind = kind;
    }

    /** Takes its place from its first task and its job. Must not be indexed meanwhile. */
    void refresh() {
        Entry head = ready.first();
        rank = head.rank;
        queue = job.queue.index;
        key = job.orderKey();
        since = head.since;
        number = head.task.number();
        first = head.task.id();
    }

    /** A copy of its present place, to go on from there after it has moved. */
    Lane place() {
        Lane copy = new Lane(job, variant, kind);
        copy.rank = rank;
        copy.queue = queue;
        copy.key = key;
        copy.since = since;
        copy.number = number;
        copy.first = first;
        return copy;
    }

    /** Whether none of its tasks may run on an agent because their other attempts do. */
    boolean bars(AgentRoom agent) {
        return variant.never().isPresent() && variant.never().get().equals(agent.id);
    }

    boolean isEmpty() {
        return ready.isEmpty() && early == 0;
    }
}
