package dev.belfry.core.dispatch;

import dev.belfry.core.agent.AgentFacts;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Why a task waits. Looks, and changes nothing. */
final class Explaining {
    private final TaskQueue queue;
    private final long now;

    Explaining(TaskQueue queue, long now) {
        this.queue = queue;
        this.now = now;
    }

    Explanation explain(Entry entry) {
        Waiting reason = reason(entry);
        Estimate estimate = new Estimate(queue, entry, now);
        int ahead = 0;
        int aheadInJob = 0;
        for (Iterator<Lane> lanes = queue.lines.from(null); lanes.hasNext(); ) {
            Lane lane = lanes.next();
            if (lane.job.queue != entry.lane.job.queue) {
                continue;
            }
            for (Entry each : lane.ready) {
                if (each.rank > entry.rank || !isBefore(each, entry)) {
                    break;
                }
                ahead++;
                aheadInJob += lane.job == entry.lane.job ? 1 : 0;
                estimate.ahead(each);
            }
        }
        return new Explanation(
                entry.task.id(), entry.lane.job.queue.name, ahead + 1, aheadInJob, reason, estimate.start(reason));
    }

    private static boolean isBefore(Entry a, Entry b) {
        if (a.rank != b.rank || a.lane.job == b.lane.job) {
            return Entry.ORDER.compare(a, b) < 0;
        }
        long left = a.lane.job.orderKey();
        long right = b.lane.job.orderKey();
        return left != right ? left < right : Entry.ORDER.compare(a, b) < 0;
    }

    Waiting reason(Entry entry) {
        if (!entry.ready) {
            Instant until = Instant.ofEpochMilli(entry.earliest);
            return entry.task.notBefore().isAfter(entry.task.since())
                    ? new Waiting.BackOff(until)
                    : new Waiting.Delayed(until);
        }
        Lane lane = entry.lane;
        Waiting limit = queue.usage.limit(lane.job, queue.room.rules(), now);
        if (limit != null) {
            return limit;
        }
        Entry head = lane.ready.first();
        return queue.room.place(lane, head, now) == null ? noRoom(lane, head) : new Waiting.Turn();
    }

    private Waiting noRoom(Lane lane, Entry head) {
        SortedMap<Incarnation, Shortage> lacks = new TreeMap<>();
        for (AgentRoom agent : queue.room.all()) {
            AgentFacts facts = agent.facts;
            boolean concerned =
                    lane.variant.only().isEmpty() || lane.variant.only().get().equals(agent.id);
            if (facts != null && concerned) {
                Shortage shortage = shortage(agent, facts, lane, head);
                if (shortage instanceof Shortage.Kept kept) {
                    return new Waiting.Reserved(agent.incarnation, kept.holder());
                }
                lacks.put(agent.incarnation, shortage);
            }
        }
        return new Waiting.NoRoom(lacks, lane.variant.only().orElse(""));
    }

    private Shortage shortage(AgentRoom agent, AgentFacts facts, Lane lane, Entry head) {
        QueuedJob job = lane.job.terms;
        Shortage unfit = unfit(agent, facts, lane);
        if (unfit != null) {
            return unfit;
        }
        Needs needs = lane.job.needs;
        Shortage small = shortOf(needs, agent.whole(), agent.whole());
        if (small != null) {
            return small;
        }
        Shortage closed = agent.closed(queue.room.rules(), now);
        if (closed != null) {
            return closed;
        }
        String other = agent.excludedBy(job);
        if (other != null) {
            return new Shortage.Exclusive(String.valueOf(job.requires().exclusive()), other);
        }
        if (lane.job.spread != null && lane.job.meetsItself(agent)) {
            return new Shortage.Spread(lane.job.spread.key(), agent.valueOf(lane.job.spread));
        }
        Shortage full = shortOf(needs, agent.free(), agent.whole());
        if (full == null && !agent.has(needs)) {
            full = Shortage.State.OVERCOMMITTED;
        }
        if (full == null) {
            full = inbox(agent, head.task.bytes());
        }
        return full == null ? new Shortage.Kept(holder(agent)) : full;
    }

    private static TaskId holder(AgentRoom agent) {
        Reservation held = agent.reservation;
        if (held == null || held.lane.ready.isEmpty()) {
            throw new IllegalStateException("agent " + agent.incarnation + " has room and is not kept free");
        }
        return held.lane.ready.first().task.id();
    }

    /** What an agent lacks whatever runs on it, or null. */
    private static @Nullable Shortage unfit(AgentRoom agent, AgentFacts facts, Lane lane) {
        Kind.Key kind = lane.kind.key;
        if (facts.standby()) {
            return Shortage.State.STANDBY;
        }
        if (agent.duplicate) {
            return Shortage.State.DUPLICATE;
        }
        if (!facts.handlers().contains(kind.handler())) {
            return new Shortage.Handler(kind.handler());
        }
        Optional<Shortage> label = label(kind.required(), facts).or(() -> label(kind.further(), facts));
        if (label.isPresent()) {
            return label.get();
        }
        return lane.bars(agent) ? Shortage.State.OTHER_ATTEMPT : null;
    }

    private static Optional<Shortage> label(LabelSelector required, AgentFacts facts) {
        for (Map.Entry<String, SortedSet<String>> each : required.accepts().entrySet()) {
            String value = facts.labels().get(each.getKey());
            if (value == null || !each.getValue().contains(value)) {
                return Optional.of(new Shortage.Label(each.getKey(), each.getValue()));
            }
        }
        return Optional.empty();
    }

    private static @Nullable Shortage shortOf(Needs needs, Needs free, Needs whole) {
        if (needs.slots() > free.slots()) {
            return new Shortage.Lacking(Shortage.Resource.SLOTS, needs.slots(), free.slots(), whole.slots());
        }
        if (needs.cpuMillis() > free.cpuMillis()) {
            return new Shortage.Lacking(Shortage.Resource.CPU, needs.cpuMillis(), free.cpuMillis(), whole.cpuMillis());
        }
        return needs.memory() > free.memory()
                ? new Shortage.Lacking(Shortage.Resource.MEMORY, needs.memory(), free.memory(), whole.memory())
                : null;
    }

    private @Nullable Shortage inbox(AgentRoom agent, int bytes) {
        Rules rules = queue.room.rules();
        if (agent.running.size() >= rules.mostPerAgent()) {
            return new Shortage.Lacking(Shortage.Resource.ENTRIES, 1, 0, rules.mostPerAgent());
        }
        long free = rules.mostBytes() - agent.inboxBytes();
        return bytes > free ? new Shortage.Lacking(Shortage.Resource.BYTES, bytes, free, rules.mostBytes()) : null;
    }
}
