package dev.belfry.master.queue;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.dispatch.Decision;
import dev.belfry.core.dispatch.Dispatch;
import dev.belfry.core.dispatch.Explanation;
import dev.belfry.core.dispatch.Needs;
import dev.belfry.core.dispatch.QueuedJob;
import dev.belfry.core.dispatch.Rules;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.dispatch.TaskQueue;
import dev.belfry.core.dispatch.WantedCapacity;
import dev.belfry.core.dispatch.Where;
import dev.belfry.core.job.BackupAfter;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.queue.Chooser;
import dev.belfry.core.queue.DeclaredRules;
import dev.belfry.core.queue.DurationBook;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.QueuedTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which task goes next, and to which agent: the tasks of the queue's book in the lines of a {@link TaskQueue}.
 *
 * <p>Tasks of a job that is deleted are chosen before all others, for no agent, so that they are settled; those of a job that
 * cannot be read wait until it can.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
final class QueueChooser implements Chooser {
    /** Tasks that are chosen at a time. */
    private static final int AT_ONCE = 32;

    private final JobsInForce jobs;
    private final TaskQueue lines;
    private final Rules usual;
    private final Map<TaskId, QueuedTask> waiting = new HashMap<>();
    /** Tasks of jobs of which nothing is known. */
    private final Map<TaskId, QueuedTask> parked = new LinkedHashMap<>();
    /** What takes room, by task and incarnation: a second attempt at a task has an id of its own there. */
    private final Map<TaskId, Map<String, TaskId>> held = new HashMap<>();

    private final Set<String> known = new HashSet<>();
    private final DurationBook durations = new DurationBook();
    private final Deque<Dispatch> chosen = new ArrayDeque<>();
    private final AgentRooms rooms;
    private Optional<Instant> again = Optional.empty();
    private long number;

    QueueChooser(JobsInForce jobs, Rules rules, Instant now) {
        this.jobs = jobs;
        this.usual = rules;
        this.lines = new TaskQueue(rules, now);
        this.rooms = new AgentRooms(lines);
    }

    /** Other rules are in force; nothing that runs is stopped. */
    void declared(DeclaredRules rules) {
        lines.rules(usual.withQueues(rules.queues()).withPools(rules.pools()).withMostRunning(rules.mostRunning()));
    }

    AgentRooms rooms() {
        return rooms;
    }

    /** When time alone may let another task start; empty if never. */
    Optional<Instant> again() {
        return again;
    }

    int running() {
        return lines.running();
    }

    List<WantedCapacity> wanted(Instant now) {
        return lines.wanted(now);
    }

    /** The uids of the jobs that have had a task here. */
    Set<String> jobUids() {
        return known;
    }

    /** An attempt at a task of this job has succeeded, and took so long. */
    void took(String jobUid, Duration duration) {
        durations.took(jobUid, duration);
        if (known.contains(jobUid)) {
            lines.measured(jobUid, durations.of(jobUid));
        }
    }

    /** How long tasks took. */
    DurationBook durations() {
        return durations;
    }

    /** How many tasks wait. */
    int waiting() {
        return waiting.size() + parked.size();
    }

    /** Jobs have changed, or another version has come into force. */
    void jobsChanged() {
        for (String uid : List.copyOf(known)) {
            Optional<QueuedJob> terms = jobs.terms(uid);
            lines.job(terms.orElseGet(() -> jobs.held(uid)));
            if (terms.isEmpty()) {
                waiting.values().stream()
                        .filter(task -> task.run().jobUid().equals(uid))
                        .toList()
                        .forEach(task -> {
                            withdrawn(task);
                            parked.put(task.id(), task);
                        });
                if (lines.forgetJob(uid)) {
                    known.remove(uid);
                }
            }
        }
        List<QueuedTask> back = new ArrayList<>(parked.values());
        parked.clear();
        back.forEach(this::queued);
    }

    private void know(String uid, QueuedJob terms) {
        lines.job(terms);
        if (known.add(uid)) {
            lines.measured(uid, durations.of(uid));
        }
    }

    @Override
    public void queued(QueuedTask task) {
        Optional<QueuedJob> terms = jobs.terms(task.run().jobUid());
        if (terms.isEmpty()) {
            parked.put(task.id(), task);
            return;
        }
        know(task.run().jobUid(), terms.get());
        waiting.put(task.id(), task);
        lines.add(inLine(task, task.id()));
    }

    private dev.belfry.core.dispatch.QueuedTask inLine(QueuedTask task, TaskId id) {
        int priority = task.run()
                .options()
                .priority()
                .orElseGet(() -> jobs.definition(task.run().jobUid(), task.definedAt())
                        .map(JobDefinition::priority)
                        .orElse(0));
        Where where = Where.ANYWHERE.withKey(task.run().options().key());
        String before = task.history().agent();
        return new dev.belfry.core.dispatch.QueuedTask(
                id,
                task.run().jobUid(),
                priority,
                task.ready(),
                ++number,
                task.notBefore(),
                before.isEmpty() ? where : where.avoiding(before),
                task.mostBytes());
    }

    @Override
    public void withdrawn(QueuedTask task) {
        parked.remove(task.id());
        waiting.remove(task.id());
        if (!lines.remove(task.id())
                && chosen.removeIf(dispatch -> dispatch.task().id().equals(task.id()))) {
            lines.ended(task.id());
        }
    }

    @Override
    public void found(Inbox.Entry entry, String incarnation) {
        String uid = entry.task().jobUid();
        QueuedJob terms = jobs.terms(uid).orElseGet(() -> jobs.held(uid));
        know(uid, terms);
        TaskId task = TaskId.of(entry.runId(), entry.task().shard());
        TaskId id = free(task);
        held.computeIfAbsent(task, t -> new HashMap<>()).put(incarnation, id);
        Instant at = entry.order().at();
        lines.started(new Dispatch(
                dev.belfry.core.dispatch.QueuedTask.of(id, uid, 0, at).withBytes(entry.mostBytes()),
                new Incarnation(incarnation),
                Needs.of(terms.requires().resources()),
                at));
    }

    /** The id under which another attempt at the task takes room. */
    private TaskId free(TaskId task) {
        Map<String, TaskId> numbers = held.getOrDefault(task, Map.of());
        return new TaskId(task.run(), task.shard(), numbers.containsValue(task));
    }

    @Override
    public void left(TaskId task, String incarnation) {
        Map<String, TaskId> numbers = held.get(task);
        TaskId id = numbers == null ? null : numbers.remove(incarnation);
        if (numbers != null && numbers.isEmpty()) {
            held.remove(task);
        }
        if (id != null) {
            lines.ended(id);
        }
    }

    @Override
    public Optional<Duration> slowAfter(String jobUid, BackupAfter rule) {
        return durations.of(jobUid).backupAfter(rule);
    }

    @Override
    public Optional<String> second(QueuedTask task, String beside, Instant now) {
        Optional<QueuedJob> terms = jobs.terms(task.run().jobUid());
        if (terms.isEmpty()) {
            return Optional.empty();
        }
        know(task.run().jobUid(), terms.get());
        dev.belfry.core.dispatch.QueuedTask inLine = inLine(task, free(task.id()));
        Where elsewhere = inLine.where().neverOn(new Incarnation(beside).agentId());
        return lines.second(inLine.withWhere(elsewhere), now).map(dispatch -> {
            String agent = dispatch.agent().name();
            held.computeIfAbsent(task.id(), id -> new HashMap<>())
                    .put(agent, dispatch.task().id());
            return agent;
        });
    }

    @Override
    public Optional<Choice> next(Instant now) {
        Optional<QueuedTask> lost = parked.values().stream()
                .filter(task -> jobs.isDeleted(task.run().jobUid()))
                .findFirst();
        if (lost.isPresent()) {
            parked.remove(lost.get().id());
            return Optional.of(new Choice(lost.get(), ""));
        }
        while (true) {
            if (chosen.isEmpty()) {
                Decision decision = lines.decide(now, AT_ONCE);
                again = decision.again();
                chosen.addAll(decision.dispatches());
            }
            Dispatch first = chosen.poll();
            if (first == null) {
                return Optional.empty();
            }
            QueuedTask task = waiting.get(first.task().id());
            if (task == null || !rooms.has(first.agent())) {
                lines.ended(first.task().id());
                if (task != null) {
                    lines.add(first.task());
                }
                continue;
            }
            waiting.remove(task.id());
            held.computeIfAbsent(task.id(), id -> new HashMap<>())
                    .put(first.agent().name(), task.id());
            return Optional.of(new Choice(task, first.agent().name()));
        }
    }

    /** Why a task waits; empty if it does not. */
    Optional<Explanation> explain(TaskId task, Instant now) {
        return lines.explain(task, now);
    }

    @Override
    public void refused(Choice choice) {
        rooms.full(new Incarnation(choice.incarnation()));
    }

    @Override
    public void round() {
        rooms.round();
    }
}
