package dev.belfry.core.dispatch;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.job.QueueRules;
import dev.belfry.core.job.Queueing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for agents, in order, and the room that they wait for. Tell it of jobs, agents, tasks and ends as they come;
 * {@link #decide} says what is to be dispatched.
 *
 * <p>Order: a task of priority p that counts from t has the slot floor(t / A) - p of its queue, A being the queue's ageing step.
 * Slots go in ascending order; in a slot the queue's order chooses the job; tasks of a job that may run on the same agents go first
 * in, first out. What cannot start now, by a limit, its back-off or for lack of room, is passed over. Tasks of different queues are
 * compared by the instants at which their slots begin, less (p - 5) A. So, within a queue, no task is overtaken by one that counts from more than (10 - p) A later,
 * except while it cannot start.
 *
 * <p>In each queue the first task of those that wait for nothing but room, and that an agent could run if it were empty, has an
 * agent kept free for it once its job has waited so for A: the one on which it fits soonest by what is expected to end there. The
 * counting of A begins with the decision that first finds no room, and anew with a new object.
 *
 * <p>Instants are of the ensemble's clock; their milliseconds count. Equal calls in equal order give equal answers. Mutable, for one
 * thread.
 *
 * <p>Longer than the house limit: one short method for each thing that changes who may start next.
 */
public final class TaskQueue {
    final Lines lines = new Lines();
    final Usage usage = new Usage();
    final Room room;
    final Reservations reservations;
    final Map<TaskId, Entry> tasks = new HashMap<>();
    final Map<TaskId, Running> running = new HashMap<>();
    private final Map<String, JobLine> jobs = new HashMap<>();
    private final TreeMap<String, NamedQueue> queues = new TreeMap<>();
    private final long beganAt;
    long round;
    /** The latest instant that a decision was made for. */
    private long clock;

    /**
     * An empty queue.
     *
     * @param now the buckets of rates are empty now
     */
    public TaskQueue(Rules rules, Instant now) {
        room = new Room(rules);
        reservations = new Reservations(room);
        beganAt = now.toEpochMilli();
        clock = beganAt;
        declare(rules);
    }

    private void declare(Rules rules) {
        queues.values().forEach(reservations::drop);
        queues.clear();
        int index = 0;
        for (Map.Entry<String, QueueRules> each : rules.queues().entrySet()) {
            queues.put(each.getKey(), new NamedQueue(each.getKey(), each.getValue(), index++));
        }
    }

    /** Changes the rules; nothing that runs is stopped. */
    public void rules(Rules changed) {
        if (changed.equals(room.rules())) {
            return;
        }
        room.rules(changed);
        declare(changed);
        new ArrayList<>(jobs.values()).forEach(job -> rebuild(job, job.terms));
    }

    /** A job, new or changed. Its queued tasks follow what it says now; those that run count for what they were. */
    public void job(QueuedJob terms) {
        JobLine job = jobs.get(terms.uid());
        if (job == null) {
            JobLine line = new JobLine(terms, queueOf(terms));
            line.bucket = bucket(line);
            jobs.put(terms.uid(), line);
        } else if (!job.terms.equals(terms)) {
            rebuild(job, terms);
        }
    }

    private NamedQueue queueOf(QueuedJob job) {
        NamedQueue named = queues.get(job.queueing().queue());
        return named == null ? Objects.requireNonNull(queues.get(Queueing.DEFAULT_QUEUE)) : named;
    }

    private @Nullable Bucket bucket(JobLine job) {
        var rate = job.terms.queueing().rate();
        Bucket old = job.bucket;
        if (rate == null) {
            return null;
        }
        return old != null && old.rate.equals(rate) ? old : new Bucket(rate, old == null ? beganAt : clock);
    }

    private void rebuild(JobLine job, QueuedJob terms) {
        List<Entry> queued = new ArrayList<>();
        for (Lane lane : job.lanes.values()) {
            dropReservation(lane);
            lines.leave(lane);
            queued.addAll(lane.ready);
            room.giveBack(lane.kind);
        }
        tasks.values().stream()
                .filter(each -> !each.ready && each.lane.job == job)
                .forEach(queued::add);
        queued.forEach(lines::remove);
        job.lanes.clear();
        job.take(terms, queueOf(terms));
        job.bucket = bucket(job);
        for (Entry each : queued) {
            enqueue(each.task, job);
        }
    }

    /** What is served already goes with the next decision: in this one its agent stays closed. */
    private void dropReservation(Lane lane) {
        Reservation held = lane.job.queue.reservation;
        if (held != null && held.lane == lane && !held.served) {
            reservations.drop(lane.job.queue);
        }
    }

    /** Forgets a job; false, and nothing is changed, if tasks of it are queued or run. */
    public boolean forgetJob(String uid) {
        JobLine job = jobs.get(uid);
        if (job == null) {
            return true;
        }
        if (!job.running.isEmpty() || job.lanes.values().stream().anyMatch(lane -> !lane.isEmpty())) {
            return false;
        }
        job.lanes.values().forEach(lane -> room.giveBack(lane.kind));
        jobs.remove(uid);
        return true;
    }

    /** What is known of how long tasks of a job take; the job must be known. */
    public void measured(String uid, MeasuredDurations durations) {
        JobLine job = line(uid);
        lines.leave(job);
        job.measured(durations);
        lines.enter(job);
    }

    private JobLine line(String uid) {
        JobLine job = jobs.get(uid);
        if (job == null) {
            throw new IllegalArgumentException("job " + uid + " is not known to the queue; tell it of the job first");
        }
        return job;
    }

    /** An agent, new or changed. */
    public void agent(AgentState state) {
        room.update(state);
    }

    /**
     * What an agent's heartbeat says; without effect if it is not there.
     *
     * @param load per processor; negative if unknown
     * @param memory share in use; negative if unknown
     */
    public void load(Incarnation agent, double load, double memory) {
        AgentRoom found = room.find(agent);
        if (found != null) {
            found.load(load, memory);
        }
    }

    /** An agent is not there any more. Its tasks run on, as far as limits go, until {@link #ended} is called for them. */
    public void agentGone(Incarnation agent) {
        room.leave(agent);
    }

    /**
     * A task is to be run: a new one, or one whose attempt has ended.
     *
     * @throws IllegalArgumentException if its job is not known, or if it is queued already
     * @throws IllegalStateException if it runs
     */
    public void add(QueuedTask task) {
        JobLine job = line(task.jobUid());
        if (tasks.containsKey(task.id())) {
            throw new IllegalArgumentException("task " + task.id() + " is queued already");
        }
        if (running.containsKey(task.id())) {
            throw new IllegalStateException("task " + task.id() + " runs; say that it has ended first");
        }
        enqueue(task, job);
    }

    private void enqueue(QueuedTask task, JobLine job) {
        Lane.Variant variant = Lane.Variant.of(task.where());
        Lane lane = job.lanes.get(variant);
        if (lane == null) {
            lane = new Lane(job, variant, room.kind(kindOf(job.terms, variant)));
            job.lanes.put(variant, lane);
        }
        Entry entry = new Entry(task, lane);
        tasks.put(task.id(), entry);
        lines.add(entry, clock);
    }

    private static Kind.Key kindOf(QueuedJob job, Lane.Variant variant) {
        LabelSelector required = LabelSelector.anyOf(job.requires().labels());
        return new Kind.Key(job.handler(), required, variant.labels(), variant.only());
    }

    /** Takes a task out of the queue; false if it was not queued. */
    public boolean remove(TaskId id) {
        Entry entry = tasks.remove(id);
        if (entry == null) {
            return false;
        }
        lines.remove(entry);
        if (entry.lane.ready.isEmpty()) {
            dropReservation(entry.lane);
        }
        discard(entry.lane);
        return true;
    }

    /** A job keeps its usual lane; others go with their last task. */
    private void discard(Lane lane) {
        if (lane.isEmpty() && !lane.variant.equals(Lane.Variant.USUAL)) {
            dropReservation(lane);
            lane.job.lanes.remove(lane.variant);
            room.giveBack(lane.kind);
        }
    }

    /** The task, if it is queued. */
    public Optional<QueuedTask> find(TaskId id) {
        return Optional.ofNullable(tasks.get(id)).map(entry -> entry.task);
    }

    /** How many tasks are queued. */
    public int size() {
        return tasks.size();
    }

    /** How many tasks run. */
    public int running() {
        return running.size();
    }

    /**
     * Counts a task as running that was dispatched before this object was there. It takes room even if there is none.
     *
     * @throws IllegalArgumentException if its job is not known, or if it is queued or runs already
     */
    public void started(Dispatch dispatch) {
        TaskId id = dispatch.task().id();
        line(dispatch.task().jobUid());
        if (tasks.containsKey(id) || running.containsKey(id)) {
            throw new IllegalArgumentException("task " + id + " is queued or runs already");
        }
        begin(dispatch);
    }

    private void begin(Dispatch dispatch) {
        JobLine job = line(dispatch.task().jobUid());
        Running task = new Running(dispatch, job, room.get(dispatch.agent()));
        boolean moves = job.isKeyedByRunning();
        if (moves) {
            lines.leave(job);
        }
        running.put(dispatch.task().id(), task);
        job.started(task);
        task.agent.started(task);
        usage.started(task);
        if (moves) {
            lines.enter(job);
        }
    }

    /** Moves a task from the queue to its agent. */
    void start(Entry entry, Dispatch dispatch) {
        tasks.remove(entry.task.id());
        lines.remove(entry);
        begin(dispatch);
        discard(entry.lane);
    }

    /**
     * An attempt has ended, or was never begun: it takes no room any more. To try again, add the task.
     *
     * @return how it was dispatched; empty if it does not run
     */
    public Optional<Dispatch> ended(TaskId id) {
        Running task = running.remove(id);
        if (task == null) {
            return Optional.empty();
        }
        boolean moves = task.job.isKeyedByRunning();
        if (moves) {
            lines.leave(task.job);
        }
        task.job.ended(task);
        task.agent.ended(task);
        usage.ended(task);
        if (moves) {
            lines.enter(task.job);
        }
        room.forget(task.agent);
        return Optional.of(task.dispatch);
    }

    /**
     * What is to be dispatched now. The queue counts it as running from here on; what is not dispatched after all is to be reported
     * with {@link #ended} and added again.
     *
     * @param most the most tasks, at least 0
     */
    public Decision decide(Instant now, int most) {
        return new Deciding(this, now, most).decide();
    }

    /**
     * Begins a second attempt beside one that runs, if an agent has room for it now and every limit lets it start; it never waits in
     * line, and no agent is kept free for it. To be asked after a {@link #decide} that had nothing more: it takes what the tasks in
     * line leave.
     *
     * @param task with an id of its own, and {@code never} on the agent that runs the first
     * @throws IllegalArgumentException if its job is not known, or if a task of this id is queued or runs
     */
    public Optional<Dispatch> second(QueuedTask task, Instant now) {
        JobLine job = line(task.jobUid());
        if (tasks.containsKey(task.id()) || running.containsKey(task.id())) {
            throw new IllegalArgumentException("task " + task.id() + " is queued or runs already");
        }
        long millis = now.toEpochMilli();
        if (usage.limit(job, room.rules(), millis) != null) {
            return Optional.empty();
        }
        look(millis);
        Lane.Variant variant = Lane.Variant.of(task.where());
        Kind kind = room.kind(kindOf(job.terms, variant));
        Lane lane = new Lane(job, variant, kind);
        AgentRoom agent = room.place(lane, new Entry(task, lane), millis);
        room.giveBack(kind);
        if (agent == null) {
            return Optional.empty();
        }
        Dispatch dispatch = new Dispatch(task, agent.incarnation, job.needs, now);
        begin(dispatch);
        if (job.bucket != null) {
            job.bucket.take(millis);
        }
        return Optional.of(dispatch);
    }

    /** Begins a decision at {@code now}. */
    void begin(long now) {
        clock = Math.max(clock, now);
        lines.release(now);
        reservations.review(queues.values(), usage, now);
        room.open(now, ++round);
    }

    /** Looks at agents and tasks as they are at {@code now}; what a later decision decides does not depend on it. */
    private void look(long now) {
        clock = Math.max(clock, now);
        lines.release(now);
        room.open(now, ++round);
    }

    Collection<NamedQueue> queues() {
        return queues.values();
    }

    /**
     * The ids of the agents that get a task each when a run of a job with {@code strategy: broadcast} is submitted now: those that
     * may run it and do not drain.
     *
     * @param labels what the submission asks for beyond the job
     */
    public SortedSet<String> broadcastTo(String jobUid, LabelSelector labels) {
        Kind kind = room.kind(kindOf(line(jobUid).terms, Lane.Variant.of(Where.ANYWHERE.withLabels(labels))));
        SortedSet<String> ids = new TreeSet<>();
        for (AgentRoom agent : room.all()) {
            if (agent.facts != null && !agent.facts.draining() && kind.admits(agent)) {
                ids.add(agent.id);
            }
        }
        room.giveBack(kind);
        return ids;
    }

    /**
     * Why a task waits; empty if it is not queued.
     *
     * <p>Its start is expected when the work before it is done: what is left of the tasks that run on agents that could run it, by
     * the typical duration of their jobs, and the tasks of its queue that come before it, each times its slots, divided by the
     * slots of these agents. Where a limit of its job or of a pool makes it wait longer, the same is reckoned with the tasks under
     * that limit. It is not told if a duration that this needs is unknown, if no agent that is there could run it, or if it waits
     * for people.
     */
    public Optional<Explanation> explain(TaskId id, Instant now) {
        Entry entry = tasks.get(id);
        if (entry == null) {
            return Optional.empty();
        }
        look(now.toEpochMilli());
        return Optional.of(new Explaining(this, now.toEpochMilli()).explain(entry));
    }

    /**
     * What would let everything start that waits for nothing but room, by labels; empty if nothing does. To be asked after
     * {@link #decide}.
     */
    public List<WantedCapacity> wanted(Instant now) {
        look(now.toEpochMilli());
        return new Wanting(this, now.toEpochMilli()).wanted();
    }
}
