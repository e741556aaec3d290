package dev.belfry.console.query;

import dev.belfry.agent.client.JobState;
import dev.belfry.agent.client.QueueState;
import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.dispatch.AgentState;
import dev.belfry.core.dispatch.Dispatch;
import dev.belfry.core.dispatch.Explanation;
import dev.belfry.core.dispatch.Needs;
import dev.belfry.core.dispatch.QueuedJob;
import dev.belfry.core.dispatch.QueuedTask;
import dev.belfry.core.dispatch.Rules;
import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.dispatch.TaskQueue;
import dev.belfry.core.dispatch.Where;
import dev.belfry.core.job.QueueRules;
import dev.belfry.core.job.Queueing;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Submission;
import dev.belfry.core.queue.TaskHistory;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.core.workflow.SplitPhase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The queue as far as it can be told from what is stored: the master knows besides what agents say of their load, what their
 * shards take, how long tasks took, which rates are used up and for whom agents are kept free.
 */
public final class QueueView {

    /**
     * A task without an outcome.
     *
     * @param jobName its name, or its uid if it is not known
     * @param accepted when it was submitted
     * @param agent the id of the agent that has it; empty while it waits
     * @param backup the id of the agent that has a second attempt beside a slow one; empty if there is none
     * @param cancelling whether it is to be cancelled
     * @param explanation why it waits; empty if it does not, or if its job is not known
     */
    public record Task(
            TaskId id,
            Submission run,
            String jobName,
            int priority,
            Instant accepted,
            int attempts,
            String agent,
            String backup,
            boolean cancelling,
            Optional<Explanation> explanation) {}

    private record Waiting(Task task, QueuedTask inLine, long slot) {}

    private final Map<String, JobState> jobs = new HashMap<>();
    private final Map<TaskId, Placed> placed = new HashMap<>();
    private final Map<TaskId, Placed> backups = new HashMap<>();
    private final List<Task> running = new ArrayList<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<Task> gathering = new ArrayList<>();
    private final TaskQueue lines;
    private final QueueState state;
    private final Instant now;
    private final Set<String> known = new HashSet<>();

    /**
     * A task in an inbox.
     *
     * @param incarnation whose inbox
     */
    public record Placed(String incarnation, Inbox.Entry entry) {}

    private QueueView(QueueState state, Snapshot snapshot) {
        this.state = state;
        this.now = snapshot.now();
        Rules rules = Rules.DEFAULT
                .withQueues(state.rules().queues())
                .withPools(state.rules().pools())
                .withMostRunning(state.rules().mostRunning());
        this.lines = new TaskQueue(rules, now);
        snapshot.jobs().forEach(job -> jobs.put(job.record().uid(), job));
        snapshot.agents().forEach(agent -> lines.agent(AgentState.of(agent.facts())));
        state.inboxes()
                .forEach((incarnation, inbox) ->
                        inbox.entries().forEach(entry -> place(new Placed(incarnation, entry))));
    }

    /** A second attempt beside another counts as such; one that is left alone is the attempt. */
    private void place(Placed one) {
        TaskId id = TaskId.of(one.entry().runId(), one.entry().task().shard());
        Placed other = placed.get(id);
        if (other == null) {
            placed.put(id, one);
        } else {
            boolean first = one.entry().number() < other.entry().number();
            placed.put(id, first ? one : other);
            backups.put(id, first ? other : one);
        }
    }

    /** What the queue holds, by what was read. */
    public static QueueView of(QueueState state, Snapshot snapshot) {
        QueueView view = new QueueView(state, snapshot);
        view.read();
        return view;
    }

    private void read() {
        Set<TaskId> seen = new HashSet<>();
        long number = 0;
        for (QueueState.Stored segment : state.segments()) {
            BitSet done = new BitSet();
            segment.state().settled().values().forEach(done::or);
            int ordinal = 0;
            for (Submission run : segment.segment().runs()) {
                for (int shard = 0; shard < run.shards(); shard++, ordinal++) {
                    TaskId id = TaskId.of(run.runId(), shard);
                    if (!done.get(ordinal) && seen.add(id)) {
                        TaskHistory history = segment.state().histories().getOrDefault(ordinal, TaskHistory.NONE);
                        add(id, run, segment.accepted(), history, ++number);
                    }
                }
            }
        }
    }

    private void add(TaskId id, Submission run, Instant accepted, TaskHistory history, long number) {
        Optional<JobVersion> version = Optional.ofNullable(jobs.get(run.jobUid()))
                .filter(job -> !job.record().deleted())
                .map(job -> job.record().at(now));
        version.filter(v -> known.add(run.jobUid()))
                .ifPresent(v ->
                        lines.job(QueuedJob.of(run.jobUid(), v.definition()).withPaused(v.paused())));
        int priority = run.options()
                .priority()
                .orElseGet(() -> version.map(v -> v.definition().priority()).orElse(0));
        Instant notBefore = run.options().notBefore();
        Instant since = notBefore.isAfter(accepted) ? notBefore : accepted;
        QueuedTask inLine =
                new QueuedTask(id, run.jobUid(), priority, since, number, history.notBefore(), Where.ANYWHERE, 0);
        Placed place = placed.get(id);
        String name =
                Optional.ofNullable(jobs.get(run.jobUid())).map(JobState::name).orElse(run.jobUid());
        Task task = new Task(
                id,
                run,
                name,
                priority,
                accepted,
                place == null ? history.attempts() : place.entry().order().attempt(),
                agent(place),
                agent(backups.get(id)),
                place != null && !place.entry().cancel().isEmpty(),
                Optional.empty());
        if (place != null) {
            running.add(task);
            version.ifPresent(v -> started(inLine, place, v));
            TaskId second = new TaskId(id.run(), id.shard(), true);
            QueuedTask beside = new QueuedTask(second, run.jobUid(), priority, since, number, since, Where.ANYWHERE, 0);
            version.ifPresent(v -> backup(id).ifPresent(other -> started(beside, other, v)));
        } else if (split(run.runId()).filter(SplitHead::gathers).isPresent()) {
            gathering.add(task);
        } else {
            version.ifPresent(v -> lines.add(inLine));
            waiting.add(new Waiting(task, inLine, slot(inLine, version)));
        }
    }

    private static String agent(@Nullable Placed place) {
        return place == null ? "" : new Incarnation(place.incarnation()).agentId();
    }

    private void started(QueuedTask task, Placed place, JobVersion version) {
        lines.started(new Dispatch(
                task,
                new Incarnation(place.incarnation()),
                Needs.of(version.definition().requires().resources()),
                place.entry().order().at()));
    }

    /** When its turn would come by age and priority alone. */
    private long slot(QueuedTask task, Optional<JobVersion> version) {
        String queue = version.map(v -> v.definition().queueing().queue()).orElse(Queueing.DEFAULT_QUEUE);
        long ageing = state.rules()
                .queues()
                .getOrDefault(queue, QueueRules.USUAL)
                .ageing()
                .toMillis();
        return task.since().toEpochMilli() - (task.priority() - 5) * ageing;
    }

    /** Tasks without an outcome. */
    public int size() {
        return running.size() + waiting.size() + gathering.size();
    }

    /** How many of them wait. */
    public int waiting() {
        return waiting.size();
    }

    /** All of them, without explanations, in no particular order. */
    public List<Task> tasks() {
        List<Task> all = new ArrayList<>(running);
        all.addAll(gathering);
        waiting.forEach(each -> all.add(each.task()));
        return all;
    }

    /** Where a task is that was dispatched; empty if it waits, or is not known. */
    public Optional<Placed> placed(TaskId id) {
        return Optional.ofNullable(placed.get(id));
    }

    /** Where the second attempt is that runs beside a slow one; empty if there is none. */
    public Optional<Placed> backup(TaskId id) {
        return Optional.ofNullable(backups.get(id));
    }

    /** A task that has no outcome, with why it waits if it does; empty if there is none. */
    public Optional<Task> task(TaskId id) {
        return tasks().stream()
                .filter(task -> task.id().equals(id))
                .findFirst()
                .map(task -> task.agent().isEmpty() ? explained(task) : task);
    }

    /** Those whose code is over, and that wait for their sub-tasks; oldest first. */
    public List<Task> gathering() {
        return List.copyOf(gathering);
    }

    /** How far a run is that is split into sub-tasks; empty if it is not, or is over. */
    public Optional<SplitHead> split(String runId) {
        return Optional.ofNullable(state.splits().get(runId)).filter(head -> head.phase() != SplitPhase.FINAL);
    }

    /** Those that agents have, oldest first. */
    public List<Task> running() {
        return List.copyOf(running);
    }

    /** The first of those that wait, about in the order in which they will start, and why they wait. */
    public List<Task> waiting(int limit) {
        return waiting.stream()
                .sorted(Comparator.comparingLong(Waiting::slot)
                        .thenComparingLong(each -> each.inLine().number()))
                .limit(limit)
                .map(each -> explained(each.task()))
                .toList();
    }

    private Task explained(Task task) {
        return new Task(
                task.id(),
                task.run(),
                task.jobName(),
                task.priority(),
                task.accepted(),
                task.attempts(),
                task.agent(),
                task.backup(),
                task.cancelling(),
                lines.explain(task.id(), now));
    }
}
