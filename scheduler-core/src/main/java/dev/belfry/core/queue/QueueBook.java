package dev.belfry.core.queue;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.SubTaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The queue in the hands of one term of the master: rebuilt from what is stored, changed by what is submitted and
 * reported, and written round by round.
 *
 * <p>What {@link #next} returns has happened here already: if it cannot be written the term is over, and the next one
 * reads what is stored (rule Q2).
 *
 * <p>Pure: time is passed in. Not thread-safe; owned by the master's loop.
 *
 * <p>Longer than the house limit: every step changes tasks, inboxes and the round together. What stands by itself lies in
 * {@link SegmentBook}, {@link InboxBook}, {@link KeyBook}, {@link Deadlines}, {@link Backups}, {@link AttemptOrder},
 * {@link TaskEnds} and {@link QueueLines}.
 */
public final class QueueBook {
    private final QueuedJobs jobs;
    private final Chooser chooser;
    private final LongSupplier numbers;
    private final DoubleSupplier random;

    private final Map<String, SegmentBook> segments = new LinkedHashMap<>();
    private final Map<TaskId, QueuedTask> tasks = new HashMap<>();
    /** The segment of each run of which something may still be open. */
    private final Map<String, SegmentBook> runs = new HashMap<>();

    private final KeyBook keys = new KeyBook();
    private final Map<String, InboxBook> inboxes = new TreeMap<>();
    private final Deadlines deadlines = new Deadlines();
    /** What inboxes held when the term began, of tasks whose segments were not read yet. */
    private final Map<TaskId, List<InboxBook>> found = new HashMap<>();
    /** Whether every segment that is stored has come. */
    private boolean whole = true;
    /** Ends of tasks that are in no segment that has come, while one is missing: their task may be in that one. */
    private final List<Ended> held = new ArrayList<>();
    /** Ends that are to be settled, in the order in which they were heard. */
    private final Deque<Ended> ended = new ArrayDeque<>();
    /** Tasks that are known under the same id already: each is the same run, submitted again. */
    private final Deque<QueuedTask> repeated = new ArrayDeque<>();

    private final Deque<Cancel> cancels = new ArrayDeque<>();
    /** Inboxes of incarnations that are gone, to be deleted once they are empty. */
    private final List<InboxBook> leaving = new ArrayList<>();

    private final WorkflowBook workflows = new WorkflowBook(run -> cancel(run, Reasons.WORKFLOW_CANCELLED));

    private final DeadLetters dead = new DeadLetters();

    private final SplitBook splits = new SplitBook(new Parts());

    private final OutboxItems items = new OutboxItems(tasks, inboxes, workflows);
    private final Backups backups;
    /** Whether a round was made: what inboxes held before takes its room from then on. */
    private boolean begun;

    /** What the reduce step that is being settled hands on: it is the output of the run that was split. */
    private Optional<OutboxItem> reduced = Optional.empty();

    /** @param report empty if the incarnation is gone and said nothing of an end */
    private record Ended(InboxBook inbox, long number, Optional<Report> report) {}

    private record Cancel(String runId, String why) {}

    /**
     * An empty queue.
     *
     * @param numbers for dispatches, each above all before, of this term and of earlier ones
     * @param random uniformly distributed in [0, 1)
     */
    public QueueBook(QueuedJobs jobs, Chooser chooser, LongSupplier numbers, DoubleSupplier random) {
        this.jobs = jobs;
        this.chooser = chooser;
        this.numbers = numbers;
        this.random = random;
        this.backups = new Backups(jobs, chooser);
    }

    // --- what is stored

    /** An inbox that was there when the term began; all of them come before the first segment. */
    public void inbox(String incarnation, Inbox stored, int version) {
        InboxBook inbox = new InboxBook(incarnation, stored, version);
        inboxes.put(incarnation, inbox);
        for (Inbox.Entry entry : stored.entries()) {
            found.computeIfAbsent(id(entry), id -> new ArrayList<>()).add(inbox);
        }
    }

    private static TaskId id(Inbox.Entry entry) {
        return TaskId.of(entry.runId(), entry.task().shard());
    }

    /** A page of settled runs with a key that was there when the term began; all of them come before the first segment. */
    public void keys(long number, KeyPage stored, int version) {
        keys.page(number, stored, version);
    }

    /**
     * A segment that was not known yet: just created, or found when the term began, then in the order of their creation, and of
     * their paths where that is the same.
     *
     * @param accepted when it was created, by the clock of the ensemble
     * @param stateVersion of the znode of its state; -1 if there is none
     */
    public void segment(String path, Instant accepted, Segment stored, SegmentState state, int stateVersion) {
        if (segments.containsKey(path)) {
            return;
        }
        SegmentBook segment = new SegmentBook(path, accepted, stored, state, stateVersion);
        segments.put(path, segment);
        stored.runs().stream()
                .map(Submission::runId)
                .filter(run -> !keys.knows(run))
                .forEach(run -> runs.putIfAbsent(run, segment));
        for (QueuedTask task : segment.tasks()) {
            boolean first = segment.equals(runs.get(task.id().run()));
            if (task.state == TaskState.SETTLED) {
                continue;
            }
            if (first && tasks.putIfAbsent(task.id(), task) == null) {
                place(task);
                if (task.id().shard() == 0 && workflows.isStopping(task.id().run())) {
                    cancel(task.id().run(), Reasons.WORKFLOW_CANCELLED);
                } else if (splits.isStopping(task.id().run())) {
                    cancel(task.id().run(), QueueReasons.SPLIT_STOPPED);
                }
            } else {
                repeated.add(task);
            }
        }
    }

    /** A task without an outcome: it is in inboxes, or it waits. */
    private void place(QueuedTask task) {
        List<InboxBook> holders = found.remove(task.id());
        if (splits.gathers(task.id().run())) {
            gather(task);
        }
        if (holders == null) {
            if (task.state == TaskState.QUEUED) {
                queue(task);
            }
            return;
        }
        for (InboxBook inbox : holders) {
            for (Inbox.Entry entry : inbox.entries().values()) {
                if (id(entry).equals(task.id())) {
                    resume(task, inbox, entry);
                }
            }
        }
        release();
    }

    /**
     * Whether every segment that is stored has come. While one is missing, ends of tasks that nobody knows are kept where
     * they are: they may be of runs in that one.
     */
    public void whole(boolean complete) {
        whole = complete;
        release();
    }

    /** Ends that were held are looked at again. */
    private void release() {
        splits.release();
        ended.addAll(held);
        held.clear();
    }

    /** Whether it is of a task that may be in a segment that cannot be read. */
    private boolean isUncertain(Inbox.Entry entry) {
        return !whole && (found.containsKey(id(entry)) || splits.isOrphan(entry.runId()));
    }

    private void resume(QueuedTask task, InboxBook inbox, Inbox.Entry entry) {
        if (task.state == TaskState.GATHERING) {
            // Its other attempt was faster.
            task.dispatches.put(entry.number(), new QueuedTask.Dispatch(inbox.incarnation(), entry.cancel()));
            return;
        }
        if (task.state != TaskState.STOPPING) {
            task.on(task.dispatches.isEmpty() ? TaskState.Event.DISPATCH : TaskState.Event.BACK_UP);
        }
        task.dispatches.put(entry.number(), new QueuedTask.Dispatch(inbox.incarnation(), entry.cancel()));
        if (!entry.cancel().isEmpty() && task.state == TaskState.DISPATCHED) {
            task.on(TaskState.Event.STOP);
        }
        task.history = begun(task, inbox.incarnation(), entry);
        backups.dispatched(task, entry);
    }

    /** The history with one attempt more, which is not stored before it is over: the inbox says it. */
    private static TaskHistory begun(QueuedTask task, String incarnation, Inbox.Entry entry) {
        TaskHistory before = task.history;
        Instant first = before.first().isAfter(Instant.EPOCH)
                ? before.first()
                : entry.order().at();
        String agent = incarnation.substring(0, Math.max(0, incarnation.lastIndexOf('~')));
        return new TaskHistory(
                Math.max(before.attempts(), entry.order().attempt()),
                before.failures(),
                before.lost(),
                before.notBefore(),
                first,
                agent,
                before.inDoubt(),
                before.checkpoint());
    }

    private void queue(QueuedTask task) {
        chooser.queued(task);
        jobs.definition(task.run().jobUid(), task.definedAt()).ifPresent(job -> limit(task, job));
    }

    /** Sets when its waiting is over at the latest. */
    private void limit(QueuedTask task, JobDefinition job) {
        Duration queue = task.run().options().queue() == null
                ? job.timeouts().queue()
                : task.run().options().queue();
        Instant until = queue == null ? Instant.MAX : task.notBefore().plus(queue);
        Instant last = AttemptOrder.totalEnd(task, job);
        Instant end = last.isBefore(until) ? last : until;
        if (end.isBefore(Instant.MAX) && job.timeouts().action() == TimeoutAction.CANCEL) {
            deadlines.set(task, end);
        }
    }

    // --- what is heard

    /** What an agent says. */
    public void outbox(String incarnation, Outbox outbox) {
        InboxBook inbox = inboxes.get(incarnation);
        if (inbox == null || inbox.isOver()) {
            return;
        }
        inbox.said(outbox);
        for (Report report : outbox.reports()) {
            if (report.stage().over() && inbox.hear(report.number())) {
                ended.add(new Ended(inbox, report.number(), Optional.of(report)));
            }
        }
    }

    /** The incarnation is gone, its lease is over, and its outbox was read after that (rule Q8). */
    public void gone(String incarnation) {
        InboxBook inbox = inboxes.get(incarnation);
        if (inbox == null || inbox.isOver()) {
            return;
        }
        inbox.over();
        for (long number : inbox.entries().keySet()) {
            if (inbox.hear(number)) {
                ended.add(new Ended(inbox, number, inbox.report(number)));
            }
        }
        leaving.add(inbox);
    }

    /** Somebody wants the run cancelled. */
    public void cancel(String runId, String why) {
        cancels.add(new Cancel(runId, why));
    }

    /** The runs that have failed for good. */
    public DeadLetters dead() {
        return dead;
    }

    /** The workflow runs. */
    public WorkflowBook workflows() {
        return workflows;
    }

    /** The runs that are split into sub-tasks. */
    public SplitBook splits() {
        return splits;
    }

    /** Every segment that was there when the term began could be read: workflow runs and split runs learn what they do not know. */
    public void reconcileWorkflows() {
        workflows.reconcile(this::outcomeOf);
        splits.reconcile(this::outcomeOf);
    }

    private Optional<Outcome> outcomeOf(String runId) {
        SegmentBook segment = runs.get(runId);
        Optional<QueuedTask> first = segment == null ? Optional.empty() : segment.first(runId);
        if (segment == null || first.isEmpty()) {
            return Optional.of(Outcome.UNKNOWN);
        }
        return segment.isSettled(first.get()) ? Optional.of(segment.outcome(first.get())) : Optional.empty();
    }

    /** Whether a run of this id, or one that was submitted with it, has no outcome yet. */
    public boolean knows(String runId) {
        return runs.containsKey(runId);
    }

    /** The same of a run of this job. */
    public boolean knows(String runId, String jobUid) {
        SegmentBook segment = runs.get(runId);
        return segment != null
                && segment.tasks().stream()
                        .anyMatch(task -> task.id().run().equals(runId)
                                && task.run().jobUid().equals(jobUid)
                                && task.state != TaskState.SETTLED);
    }

    /** Whether the run was asked to be cancelled and no round has seen to it yet. */
    public boolean isToCancel(String runId) {
        return cancels.stream().anyMatch(cancel -> cancel.runId().equals(runId));
    }

    /** The id of the run that an entry of an inbox is of; empty if there is no such entry. */
    public Optional<String> runOf(String incarnation, long number) {
        InboxBook inbox = inboxes.get(incarnation);
        return Optional.ofNullable(inbox == null ? null : inbox.get(number)).map(Inbox.Entry::runId);
    }

    /** The incarnations that have an inbox. */
    public Set<String> incarnations() {
        return Collections.unmodifiableSet(inboxes.keySet());
    }

    /** The uids of the jobs of what is in an inbox. */
    public Set<String> jobsIn(String incarnation) {
        InboxBook inbox = inboxes.get(incarnation);
        return inbox == null
                ? Set.of()
                : inbox.entries().values().stream()
                        .map(entry -> entry.task().jobUid())
                        .collect(Collectors.toSet());
    }

    /** Whether there is nothing to be done and nothing to be awaited. */
    public boolean isIdle() {
        return tasks.isEmpty()
                && inboxes.isEmpty()
                && repeated.isEmpty()
                && cancels.isEmpty()
                && !workflows.isAsked()
                && !dead.isAsked()
                && !splits.isAsked();
    }

    /** Tasks without an outcome. */
    public Collection<QueuedTask> tasks() {
        return Collections.unmodifiableCollection(tasks.values());
    }

    // --- rounds

    /** When time alone brings something to do; empty if nothing. */
    public Optional<Instant> wake(Instant now) {
        Optional<Instant> slow = backups.wake(now);
        return deadlines
                .first()
                .filter(first -> slow.isEmpty() || first.isBefore(slow.get()))
                .or(() -> slow);
    }

    /**
     * The next transaction: settles what was reported, cancelled, or has waited too long, then dispatches.
     *
     * @param now by the clock of the ensemble
     */
    public QueueRound next(Instant now) {
        QueueRound round = new QueueRound(keys, dead);
        begin();
        dead.next(round);
        workflows.next(now, round);
        splits.next(now, round);
        while (round.hasRoom() && !repeated.isEmpty()) {
            QueuedTask task = repeated.remove();
            task.on(TaskState.Event.SETTLE);
            task.segment.settle(task, Outcome.SUPERSEDED);
            round.changed(task.segment);
        }
        while (round.hasRoom() && !ended.isEmpty()) {
            settle(ended.remove(), now, round);
        }
        while (round.hasRoom() && !cancels.isEmpty()) {
            cancel(cancels.remove(), now, round);
        }
        for (Optional<QueuedTask> due = deadlines.due(now);
                round.hasRoom() && due.isPresent();
                due = deadlines.due(now)) {
            expire(due.get(), now, round);
        }
        remove(round);
        workflows.sweep(round);
        splits.sweep(round);
        if (dispatch(now, round)) {
            backUp(now, round);
        }
        round.finished().forEach(this::forget);
        round.keepItems(items::isNamed);
        return round;
    }

    /** What inboxes held when the term began takes room, whether its task is open, settled or in a segment that cannot be read. */
    private void begin() {
        if (!begun) {
            begun = true;
            inboxes.forEach((incarnation, inbox) ->
                    inbox.entries().values().forEach(entry -> chooser.found(entry, incarnation)));
        }
    }

    private void forget(String path) {
        SegmentBook segment = segments.remove(path);
        if (segment != null) {
            segment.tasks().forEach(task -> runs.remove(task.id().run(), segment));
        }
    }

    private void remove(QueueRound round) {
        for (InboxBook inbox : List.copyOf(leaving)) {
            if (round.hasRoom() && inbox.entries().isEmpty()) {
                leaving.remove(inbox);
                inboxes.remove(inbox.incarnation());
                round.changed(inbox);
            }
        }
    }

    /** What lies beside outboxes and is still needed: what is not among it when the term begins may be deleted. */
    public Set<OutboxItem> items() {
        return items.named();
    }

    // --- settling

    private void settle(Ended heard, Instant now, QueueRound round) {
        Ended end = counted(heard);
        Inbox.Entry stored = end.inbox().get(end.number());
        if (stored != null && isUncertain(stored)) {
            held.add(end);
            return;
        }
        Optional<Inbox.Entry> entry = end.inbox().remove(end.number());
        if (entry.isEmpty()) {
            return;
        }
        round.changed(end.inbox());
        chooser.left(id(entry.get()), end.inbox().incarnation());
        backups.forget(end.number());
        int pages = end.inbox().report(end.number()).map(Report::pages).orElse(0);
        splits.over(end.inbox().incarnation(), end.number(), pages, round);
        QueuedTask task = tasks.get(id(entry.get()));
        items.ended(
                task,
                entry.get(),
                heard.report().flatMap(said -> said.item(end.inbox().incarnation())),
                round);
        if (task == null || !task.dispatches.containsKey(end.number())) {
            return;
        }
        QueuedTask.Dispatch dispatch = task.dispatches.remove(end.number());
        QueueLines lines = new QueueLines(task, entry.get(), end.inbox().incarnation(), end.report(), now);
        if (task.state == TaskState.SETTLED || task.state == TaskState.GATHERING) {
            // The other attempt was faster, and has settled it.
            if (task.state == TaskState.SETTLED && task.dispatches.isEmpty()) {
                tasks.remove(task.id());
            }
            round.line(lines.beaten(), lines.incarnation());
            return;
        }
        end.report()
                .filter(report -> report.left() == Outbox.Left.CHECKPOINT)
                .flatMap(report -> report.item(end.inbox().incarnation()))
                .ifPresent(item -> task.history = task.history.leaving(item));
        TaskEnd after = after(task, dispatch, end, now);
        if (after instanceof TaskEnd.Again again
                && end.report()
                        .filter(report -> report.stage() == Outbox.Stage.REFUSED)
                        .isPresent()) {
            after = new TaskEnd.Again(
                    again.history().notBefore(now.plus(task.refused())), again.outcome(), again.reason());
        }
        boolean success = after instanceof TaskEnd.Settled settled && settled.outcome() == Outcome.SUCCEEDED;
        if (success || task.dispatches.isEmpty()) {
            task.output = end.report()
                    .filter(report -> report.left() == Outbox.Left.OUTPUT)
                    .flatMap(report -> report.item(end.inbox().incarnation()));
            follow(task, after, lines, now, round);
        } else {
            beside(task, after, lines, round);
        }
    }

    /** A success whose sub-tasks were refused is a failure. */
    private Ended counted(Ended end) {
        Optional<String> refusal = splits.refusal(end.inbox().incarnation(), end.number());
        boolean success = end.report()
                .filter(report -> report.stage() == Outbox.Stage.SUCCEEDED)
                .isPresent();
        return success && refusal.isPresent()
                ? new Ended(end.inbox(), end.number(), end.report().map(report -> report.refused(refusal.get())))
                : end;
    }

    /** An attempt has ended without success while another is out: that one decides, and finds the failure counted (rule Q11). */
    private void beside(QueuedTask task, TaskEnd end, QueueLines lines, QueueRound round) {
        if (end instanceof TaskEnd.Settled settled) {
            boolean failed = settled.outcome() == Outcome.FAILED || settled.outcome() == Outcome.TIMED_OUT;
            boolean lost = settled.reason().equals(QueueReasons.LOST_TOO_OFTEN);
            task.history = lost ? task.history.lost(true) : failed ? task.history.failed(Instant.EPOCH) : task.history;
            round.line(lines.ended(lost ? Outcome.LOST : settled.outcome(), settled.reason()), lines.incarnation());
        } else if (end instanceof TaskEnd.Again again) {
            task.history = again.history();
            round.line(lines.ended(again.outcome(), again.reason()), lines.incarnation());
        }
        task.dispatches.forEach((number, other) -> {
            InboxBook inbox = inboxes.get(other.incarnation());
            Inbox.Entry entry = inbox == null ? null : inbox.get(number);
            if (entry != null) {
                // One that was taken back was perhaps not the last.
                task.history = begun(task, other.incarnation(), entry);
                backups.dispatched(task, entry);
            }
        });
        round.changed(task.segment);
    }

    private TaskEnd after(QueuedTask task, QueuedTask.Dispatch dispatch, Ended end, Instant now) {
        Optional<JobDefinition> job = jobs.definition(task.run().jobUid(), task.definedAt());
        if (job.isEmpty()) {
            return new TaskEnd.Settled(
                    end.report()
                                    .filter(r -> r.stage() == Outbox.Stage.SUCCEEDED)
                                    .isPresent()
                            ? Outcome.SUCCEEDED
                            : Outcome.SUPERSEDED,
                    Reasons.DELETED);
        }
        TaskEnds ends = new TaskEnds(job.get(), task.run().options().total());
        return end.report()
                .filter(report -> report.stage().over())
                .map(report -> ends.reported(task.history, report, dispatch.cancel(), now, random.getAsDouble()))
                .orElseGet(() -> ends.gone(task.history, end.report().map(Report::stage), dispatch.cancel()));
    }

    private void follow(QueuedTask task, TaskEnd end, QueueLines lines, Instant now, QueueRound round) {
        if (end instanceof TaskEnd.Settled settled && splits.contains(task.run().runId())) {
            round.line(lines.ended(settled.outcome(), settled.reason()), lines.incarnation());
            stopOthers(task, round);
            codeEnded(task, settled.outcome(), now, round);
        } else if (end instanceof TaskEnd.Settled settled) {
            settled(task, settled.outcome(), now, round);
            round.line(lines.settled(settled.outcome(), settled.reason()), lines.incarnation());
            stopOthers(task, round);
        } else if (end instanceof TaskEnd.Again again) {
            round.changed(task.segment);
            round.line(lines.ended(again.outcome(), again.reason()), lines.incarnation());
            task.history = again.history();
            task.on(TaskState.Event.AGAIN);
            queue(task);
        }
    }

    /** The code of a run that is split is over; what it was split into decides what becomes of the run. */
    private void codeEnded(QueuedTask task, Outcome outcome, Instant now, QueueRound round) {
        deadlines.clear(task);
        if (task.state == TaskState.QUEUED) {
            chooser.withdrawn(task);
        }
        round.changed(task.segment);
        gather(task);
        splits.codeEnded(task.run().runId(), outcome, now, round);
    }

    /** Only the time for the whole can be over for it from here on. */
    private void gather(QueuedTask task) {
        task.on(TaskState.Event.GATHER);
        jobs.definition(task.run().jobUid(), task.definedAt()).ifPresent(job -> {
            Instant end = AttemptOrder.totalEnd(task, job);
            if (end.isBefore(Instant.MAX) && job.timeouts().action() == TimeoutAction.CANCEL) {
                deadlines.set(task, end);
            }
        });
    }

    /** What the split runs need of the queue. */
    private final class Parts implements SplitBook.Queue {

        @Override
        public Optional<QueuedTask> task(String runId) {
            return Optional.ofNullable(tasks.get(TaskId.of(runId, 0))).filter(task -> task.state != TaskState.SETTLED);
        }

        @Override
        public boolean isUncertain(String runId) {
            return !whole && found.containsKey(TaskId.of(runId, 0));
        }

        @Override
        public void cancel(String runId) {
            QueueBook.this.cancel(runId, QueueReasons.SPLIT_STOPPED);
        }

        @Override
        public void finished(String runId, Outcome outcome, String reason, Instant now, QueueRound round) {
            task(runId).filter(task -> task.state == TaskState.GATHERING).ifPresent(task -> {
                task.output = reduced;
                settled(task, outcome, now, round);
                round.line(QueueLines.unstarted(task, outcome, reason, now), "");
            });
        }
    }

    private void settled(QueuedTask task, Outcome outcome, Instant now, QueueRound round) {
        deadlines.clear(task);
        task.history.checkpoint().ifPresent(item -> round.loose(item, task.id()));
        if (task.state == TaskState.QUEUED) {
            chooser.withdrawn(task);
        }
        task.on(TaskState.Event.SETTLE);
        task.segment.settle(task, outcome);
        round.changed(task.segment);
        if (task.segment.isSettled(task)) {
            if (!task.run().options().key().isEmpty()) {
                keys.add(task.run().runId());
            }
            boolean part = SubTaskId.parentOf(task.run().runId()).isPresent();
            if (!part && !workflows.contains(task.run().runId())) {
                dead.settled(task.run(), task.fire().due(), task.segment.outcome(task), now);
            }
            workflowGoesOn(task, now, round);
            reduced = SubTaskId.reduces(task.run().runId()).isPresent() ? task.output : Optional.empty();
            splits.ended(task.run().runId(), outcome, now, round);
            reduced = Optional.empty();
        }
        if (task.dispatches.isEmpty()) {
            tasks.remove(task.id());
        }
    }

    /** The last task of a run has its outcome: if it is that of a workflow's job, that goes on. Of several tasks none hands on an output. */
    private void workflowGoesOn(QueuedTask task, Instant now, QueueRound round) {
        String run = task.run().runId();
        if (workflows.contains(run)) {
            Optional<OutboxItem> output = task.run().shards() == 1 ? task.output : Optional.empty();
            workflows.ended(run, task.segment.outcome(task), output, now, round);
        }
    }

    /** The task has its outcome: its other attempt is not wanted any more. */
    private void stopOthers(QueuedTask task, QueueRound round) {
        task.dispatches.keySet().forEach(number -> mark(task, number, QueueReasons.OTHER_ATTEMPT, round));
    }

    private void mark(QueuedTask task, long number, String why, QueueRound round) {
        QueuedTask.Dispatch dispatch = task.dispatches.get(number);
        InboxBook inbox = dispatch == null ? null : inboxes.get(dispatch.incarnation());
        Inbox.Entry entry = inbox == null ? null : inbox.get(number);
        if (dispatch != null
                && inbox != null
                && entry != null
                && dispatch.cancel().isEmpty()) {
            inbox.put(entry.cancelled(why));
            task.dispatches.put(number, new QueuedTask.Dispatch(dispatch.incarnation(), why));
            round.changed(inbox);
        }
    }

    private void cancel(Cancel cancel, Instant now, QueueRound round) {
        splits.cancel(cancel.runId(), now, round);
        SegmentBook segment = runs.get(cancel.runId());
        for (QueuedTask task : segment == null ? List.<QueuedTask>of() : segment.tasks()) {
            // One that stands for a run submitted again is not among the tasks.
            boolean meant = task.id().run().equals(cancel.runId()) && tasks.get(task.id()) == task;
            if (meant && task.state == TaskState.QUEUED) {
                end(task, Outcome.CANCELLED, cancel.why(), now, round);
            } else if (meant && task.state == TaskState.DISPATCHED) {
                task.on(TaskState.Event.STOP);
                List.copyOf(task.dispatches.keySet()).forEach(number -> mark(task, number, cancel.why(), round));
            }
        }
    }

    /** Its waiting is over. */
    private void expire(QueuedTask task, Instant now, QueueRound round) {
        deadlines.clear(task);
        if (task.state == TaskState.GATHERING) {
            splits.timeOut(task.run().runId(), now, round);
        }
        if (task.state != TaskState.QUEUED) {
            return;
        }
        boolean total = jobs.definition(task.run().jobUid(), task.definedAt())
                .map(job -> !AttemptOrder.totalEnd(task, job).isAfter(now))
                .orElse(false);
        end(task, Outcome.TIMED_OUT, total ? Reasons.TOTAL_TIMEOUT : QueueReasons.QUEUE_TIMEOUT, now, round);
    }

    /** Ends a task that waits. */
    private void end(QueuedTask task, Outcome outcome, String reason, Instant now, QueueRound round) {
        if (splits.contains(task.run().runId())) {
            codeEnded(task, outcome, now, round);
            return;
        }
        settled(task, outcome, now, round);
        round.line(QueueLines.unstarted(task, outcome, reason, now), "");
    }

    // --- dispatching

    /** Whether nothing that waits can start any more. */
    private boolean dispatch(Instant now, QueueRound round) {
        chooser.round();
        while (round.hasRoom()) {
            Optional<Chooser.Choice> choice = chooser.next(now);
            if (choice.isEmpty()) {
                return true;
            }
            dispatch(choice.get(), now, round);
        }
        return false;
    }

    private void dispatch(Chooser.Choice choice, Instant now, QueueRound round) {
        QueuedTask task = choice.task();
        Optional<JobDefinition> job = jobs.definition(task.run().jobUid(), task.definedAt());
        if (job.isEmpty()) {
            chooser.left(task.id(), choice.incarnation());
            chooser.queued(task);
            end(task, Outcome.SUPERSEDED, Reasons.DELETED, now, round);
        } else if (send(choice, AttemptOrder.entry(task, job.get(), numbers.getAsLong(), now), round)) {
            deadlines.clear(task);
        } else {
            chooser.queued(task);
        }
    }

    /** Slow attempts get a second one where there is room that nothing else wants (rule Q11). */
    private void backUp(Instant now, QueueRound round) {
        for (QueuedTask task : backups.due(now)) {
            InboxBook inbox =
                    inboxes.get(task.dispatches.firstEntry().getValue().incarnation());
            boolean ends = inbox == null || inbox.isHeard(task.dispatches.firstKey());
            // What has handed in sub-tasks takes as long as it takes.
            if (round.hasRoom() && !ends && !splits.contains(task.run().runId())) {
                // If nobody knows any more how it is to be run there is none.
                jobs.definition(task.run().jobUid(), task.definedAt()).ifPresent(job -> backUp(task, job, now, round));
            }
        }
    }

    private void backUp(QueuedTask task, JobDefinition job, Instant now, QueueRound round) {
        long first = task.dispatches.firstKey();
        String holder = task.dispatches.firstEntry().getValue().incarnation();
        chooser.second(task, holder, now).ifPresent(incarnation -> {
            Inbox.Entry backup =
                    AttemptOrder.entry(task, job, numbers.getAsLong(), now).beside(first);
            if (send(new Chooser.Choice(task, incarnation), backup, round)) {
                backups.forget(first);
            }
        });
    }

    /** Puts the entry into the inbox of the agent that was chosen; whether it takes it. */
    private boolean send(Chooser.Choice choice, Inbox.Entry entry, QueueRound round) {
        QueuedTask task = choice.task();
        InboxBook inbox = inboxes.computeIfAbsent(
                choice.incarnation(), incarnation -> new InboxBook(incarnation, Inbox.EMPTY, -1));
        if (!inbox.takes(entry)) {
            chooser.left(task.id(), choice.incarnation());
            chooser.refused(choice);
            return false;
        }
        inbox.put(entry);
        task.on(task.dispatches.isEmpty() ? TaskState.Event.DISPATCH : TaskState.Event.BACK_UP);
        task.dispatches.put(entry.number(), new QueuedTask.Dispatch(choice.incarnation(), ""));
        task.history = begun(task, choice.incarnation(), entry);
        backups.dispatched(task, entry);
        round.begun();
        round.changed(inbox);
        return true;
    }
}
