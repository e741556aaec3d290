package dev.belfry.testkit.cluster;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.journal.FireEntry;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.Segment;
import dev.belfry.core.queue.SegmentState;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.queue.TaskHistory;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What must never happen with queued runs, looked at with every commit and every start of user code. The names are those
 * of {@code docs/testing.md}. It goes by what is stored and by what user code attests, never by what the master believes.
 */
final class QueueSafety {

    /** What is known besides the queue. */
    interface Facts {
        /** True time. */
        long nanos();

        /** True time at which the ensemble's clock shows this. */
        long nanosOf(Instant instant);

        /** The slots with which an agent registered last, also if it is gone; 0 if it never did. */
        int slots(String incarnation);

        /** The slots that a task of the job takes. */
        int asked(String jobUid);

        /** After which time at the earliest an attempt at a task of the job may get a second one; empty if never. */
        Optional<Duration> backupAfter(String jobUid);

        /** Whether an agent has what runs the job's tasks; others wait for one that has, for ever if need be. */
        boolean runnable(String jobUid);

        /** Whether something other than room keeps the job's tasks waiting, such as its limits or a pause. */
        boolean heldBack(String jobUid);

        /** The incarnations that are registered and take work, in the absence of faults. */
        Set<String> takers();

        /** Whether nothing has disturbed the cluster for a while. */
        boolean quiet();
    }

    /** An execution of user code, as it attests itself. */
    interface Attested {
        TaskId task();

        long number();

        String jobUid();

        /** What is left of its agent's lease by the agent's own clocks. */
        long leaseNanos();

        /** Whether it cannot know or cannot be helped: its process stands still, or it was abandoned. */
        boolean beyondReach();
    }

    /** What is known of one task. */
    private static final class Known {
        final String jobUid;
        /** Whether it is of a segment, and not only in an inbox. */
        boolean submitted;
        /** From when on it may be dispatched; true time. */
        long ready;
        /** Since when there has been room for it; -1 if there is none. */
        long roomSince = -1;

        long greatest;
        long started;
        /** Numbers in inboxes now. */
        final Set<Long> out = new HashSet<>();
        /** Numbers that were ever out at once, each with the other. */
        final Map<Long, Long> pairs = new HashMap<>();
        /** The number of which a success has been durable in an outbox; 0 if none was. */
        long succeeded;

        /** Whether it has handed in sub-tasks: the success of its code is not its outcome. */
        boolean split;
        /** Whether it waits for its sub-tasks. */
        boolean gathers;

        boolean settled;

        @Nullable
        Outcome outcome;

        Known(String jobUid) {
            this.jobUid = jobUid;
        }
    }

    private final Facts facts;
    private final long bound;
    private final Map<TaskId, Known> tasks = new LinkedHashMap<>();
    private final Map<String, Segment> segments = new HashMap<>();
    private final Map<String, TreeMap<Long, Inbox.Entry>> inboxes = new TreeMap<>();
    private final Map<String, Set<Long>> ended = new HashMap<>();
    private final Map<String, Long> greatest = new HashMap<>();
    private final Map<Long, TaskId> byNumber = new HashMap<>();
    private final Set<Long> startedNumbers = new HashSet<>();
    private final List<Attested> running = new ArrayList<>();

    /** @param bound how long something may wait in the quiet while there is room for it, in nanoseconds */
    QueueSafety(Facts facts, long bound) {
        this.facts = facts;
        this.bound = bound;
    }

    // --- commits, in the order of the writes of a transaction

    /** A segment was created: whoever submitted it is told so. */
    void segment(String path, Segment segment) {
        segments.put(path, segment);
        for (Submission run : segment.runs()) {
            for (int shard = 0; shard < run.shards(); shard++) {
                Known known = tasks.computeIfAbsent(TaskId.of(run.runId(), shard), t -> new Known(run.jobUid()));
                known.submitted = true;
                known.ready = facts.nanosOf(run.options().notBefore());
            }
        }
    }

    /** What became of a segment was written. */
    void state(String path, byte[] data) {
        Segment segment = segments.get(path);
        if (segment == null) {
            return;
        }
        Map<Integer, TaskHistory> histories =
                SegmentState.decode(path, data, segment.tasks()).histories();
        int ordinal = 0;
        for (Submission run : segment.runs()) {
            for (int shard = 0; shard < run.shards(); shard++) {
                TaskHistory history = histories.get(ordinal++);
                Known known = tasks.get(TaskId.of(run.runId(), shard));
                if (history != null && known != null) {
                    known.ready = Math.max(known.ready, facts.nanosOf(history.notBefore()));
                }
            }
        }
    }

    /** The outcome of a task, if one is recorded. */
    Optional<Outcome> outcome(TaskId task) {
        Known known = tasks.get(task);
        return known == null ? Optional.empty() : Optional.ofNullable(known.outcome);
    }

    /** A segment was deleted; to be called after the lines of the same transaction. */
    void segmentGone(String path) {
        Segment segment = segments.remove(path);
        for (Submission run : segment == null ? List.<Submission>of() : segment.runs()) {
            boolean elsewhere = segments.values().stream()
                    .flatMap(s -> s.runs().stream())
                    .anyMatch(other -> other.runId().equals(run.runId()));
            for (int shard = 0; shard < run.shards(); shard++) {
                TaskId task = TaskId.of(run.runId(), shard);
                Known known = tasks.get(task);
                if (!elsewhere && known != null && !known.settled) {
                    throw new InvariantViolation("Q-I1", task + " has no outcome, and its segment is gone: " + path);
                }
            }
        }
    }

    /** The record has a line about a queued task. */
    void line(FireEntry line) {
        TaskId task = TaskId.of(line.fire().runId(line.jobUid()), Integer.parseInt(line.shard()));
        Known known = tasks.get(task);
        if (line.kind() != FireEntry.Kind.FINAL || known == null) {
            return;
        }
        if (known.settled) {
            throw new InvariantViolation("Q-I1", task + " has two outcomes; the second: " + line);
        }
        if (known.succeeded > 0 && !known.split && line.outcome() != Outcome.SUCCEEDED) {
            throw new InvariantViolation("Q-I2", task + " has succeeded, and its outcome is " + line);
        }
        known.settled = true;
        known.outcome = line.outcome();
    }

    /** An inbox was written. */
    void inbox(String incarnation, Inbox inbox) {
        inboxes(Map.of(incarnation, inbox));
    }

    /** Inboxes were written in one transaction: what leaves one of them may go into another. */
    void inboxes(Map<String, Inbox> written) {
        Map<String, Map<Long, Inbox.Entry>> before = new HashMap<>();
        written.forEach((incarnation, inbox) -> {
            TreeMap<Long, Inbox.Entry> now = new TreeMap<>();
            inbox.entries().forEach(entry -> now.put(entry.number(), entry));
            Map<Long, Inbox.Entry> held = inboxes.getOrDefault(incarnation, new TreeMap<>());
            before.put(incarnation, held);
            inboxes.put(incarnation, now);
            held.values().stream()
                    .filter(entry -> !now.containsKey(entry.number()))
                    .forEach(this::left);
        });
        written.forEach((incarnation, inbox) -> inbox.entries().stream()
                .filter(entry -> !before.getOrDefault(incarnation, Map.of()).containsKey(entry.number()))
                .forEach(entry -> dispatched(incarnation, entry)));
    }

    private static TaskId id(Inbox.Entry entry) {
        return TaskId.of(entry.runId(), entry.task().shard());
    }

    private void left(Inbox.Entry entry) {
        Known known = tasks.get(id(entry));
        if (known != null) {
            known.out.remove(entry.number());
            known.roomSince = -1;
        }
    }

    private void dispatched(String incarnation, Inbox.Entry entry) {
        TaskId task = id(entry);
        String what = task + " as " + entry.number() + " to " + incarnation;
        if (entry.number() <= greatest.getOrDefault(incarnation, 0L)) {
            throw new InvariantViolation("Q-I4", what + " after " + greatest.get(incarnation));
        }
        greatest.put(incarnation, entry.number());
        byNumber.put(entry.number(), task);
        Known known = tasks.computeIfAbsent(task, t -> new Known(entry.task().jobUid()));
        if (entry.number() <= known.greatest) {
            throw new InvariantViolation("Q-I4", what + " after " + known.greatest + " of the same task");
        }
        known.greatest = entry.number();
        boolean backup = !known.out.isEmpty();
        if (known.settled || (known.succeeded > 0 && !backup)) {
            throw new InvariantViolation("Q-I2", what + " is dispatched although it has its outcome");
        }
        if (backup) {
            beside(known, incarnation, entry);
        }
        known.out.add(entry.number());
        int taken = taken(incarnation);
        int slots = facts.slots(incarnation);
        if (taken > slots) {
            throw new InvariantViolation("Q-I5", what + ": its tasks take " + taken + " slots, and it has " + slots);
        }
    }

    /** Q-I8: a second number of a task goes out. */
    private void beside(Known known, String incarnation, Inbox.Entry entry) {
        long first = known.out.iterator().next();
        String what = id(entry) + " as " + entry.number() + " to " + incarnation + " beside " + first;
        Optional<Duration> after = facts.backupAfter(known.jobUid);
        if (known.out.size() > 1 || after.isEmpty() || entry.order().beside() != first) {
            throw new InvariantViolation("Q-I8", what + " is no backup that may be: out are " + known.out);
        }
        inboxes.forEach((holder, entries) -> {
            Inbox.Entry other = entries.get(first);
            if (other == null) {
                return;
            }
            Instant slow = other.order().at().plus(after.get());
            boolean same = new Incarnation(holder).agentId().equals(new Incarnation(incarnation).agentId());
            if (same
                    || !other.cancel().isEmpty()
                    || other.order().isBackup()
                    || entry.order().at().isBefore(slow)) {
                throw new InvariantViolation("Q-I8", what + ", which is " + other + " of " + holder);
            }
        });
        known.pairs.put(entry.number(), first);
        known.pairs.put(first, entry.number());
    }

    /** Slots that entries of an inbox take of which no end is reported. */
    private int taken(String incarnation) {
        Set<Long> over = ended.getOrDefault(incarnation, Set.of());
        return inboxes.getOrDefault(incarnation, new TreeMap<>()).values().stream()
                .filter(entry -> !over.contains(entry.number()))
                .mapToInt(entry -> facts.asked(entry.task().jobUid()))
                .sum();
    }

    void outbox(String incarnation, Outbox outbox) {
        Set<Long> over = new HashSet<>();
        for (Outbox.Report report : outbox.reports()) {
            Known known = tasks.get(byNumber.get(report.number()));
            if (known != null) {
                boolean succeeded = report.stage() == Stage.SUCCEEDED;
                known.split |= report.pages() > 0;
                known.succeeded = known.succeeded == 0 && succeeded ? report.number() : known.succeeded;
                known.gathers |= known.split && report.stage().over();
            }
            if (report.stage().over()) {
                over.add(report.number());
            }
        }
        ended.put(incarnation, over);
    }

    // --- executions

    void starts(Attested execution) {
        Known known = tasks.computeIfAbsent(execution.task(), t -> new Known(execution.jobUid()));
        String what = execution.task() + " as " + execution.number();
        if (!byNumber.containsKey(execution.number()) || !startedNumbers.add(execution.number())) {
            throw new InvariantViolation("Q-I4", what + " was never dispatched, or starts a second time");
        }
        long beside = known.pairs.getOrDefault(execution.number(), -1L);
        if (execution.number() <= known.started && beside != known.started) {
            throw new InvariantViolation("Q-I4", what + " starts after " + known.started);
        }
        boolean over = known.succeeded > 0 || known.settled;
        if (over && (beside < 0 || beside != known.succeeded)) {
            throw new InvariantViolation("Q-I2", what + " starts although it has its outcome");
        }
        known.started = Math.max(known.started, execution.number());
        for (Attested other : running) {
            boolean acts = other.leaseNanos() > 0 && !other.beyondReach();
            if (other.task().equals(execution.task()) && acts && other.number() != beside) {
                throw new InvariantViolation("Q-I3", what + " starts beside " + other.number());
            }
        }
        running.add(execution);
    }

    void ended(Attested execution) {
        running.remove(execution);
    }

    // --- looks

    /** Q-I6, every half second. */
    void look() {
        long now = facts.nanos();
        for (Map.Entry<TaskId, Known> entry : tasks.entrySet()) {
            Known task = entry.getValue();
            boolean waits = task.submitted
                    && !task.settled
                    && task.out.isEmpty()
                    && !task.gathers
                    && task.ready <= now
                    && facts.runnable(task.jobUid)
                    && !facts.heldBack(task.jobUid);
            if (!waits || !facts.quiet() || !hasRoom(task.jobUid)) {
                task.roomSince = -1;
            } else if (task.roomSince < 0) {
                task.roomSince = now;
            } else if (now - task.roomSince > bound) {
                throw new InvariantViolation(
                        "Q-I6", entry.getKey() + " waits, and there is room for it since " + task.roomSince);
            }
        }
    }

    private boolean hasRoom(String jobUid) {
        int asked = facts.asked(jobUid);
        return facts.takers().stream().anyMatch(agent -> taken(agent) + asked <= facts.slots(agent));
    }

    /** Q-I1, a good while after the last fault: everything that was acknowledged has its outcome. */
    void checkSettled() {
        tasks.forEach((id, task) -> {
            if (task.submitted && !task.settled && facts.runnable(task.jobUid)) {
                throw new InvariantViolation(
                        "Q-I1", id + " was acknowledged and has no outcome; in inboxes as " + task.out);
            }
        });
    }
}
