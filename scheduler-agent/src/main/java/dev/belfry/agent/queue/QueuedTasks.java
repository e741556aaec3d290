package dev.belfry.agent.queue;

import dev.belfry.agent.loop.Attempts;
import dev.belfry.agent.loop.QueuedWork;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Recovery;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.ledger.Reasons;
import dev.belfry.core.queue.HandedPage;
import dev.belfry.core.queue.Inbox;
import dev.belfry.core.queue.Outbox.Left;
import dev.belfry.core.queue.Outbox.Report;
import dev.belfry.core.queue.Outbox.Stage;
import dev.belfry.core.queue.OutboxItem;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.version.JobRecord;
import dev.belfry.store.Read;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of the queue that one incarnation has taken: takes each entry of its inbox once, begins it under its lease,
 * stops it when it must, and says what became of it (rules Q5, Q6, Q9, Q10).
 *
 * <p>Not thread-safe; owned by the agent's loop. One per session: a new session inherits nothing.
 */
public final class QueuedTasks implements QueuedWork {
    private static final Logger LOG = LoggerFactory.getLogger(QueuedTasks.class);

    private final Setting setting;
    private final Around around;
    private final InboxFollower inbox;
    private final OutboxWriter outbox;
    private final TaskInputs inputs;
    /** By number: everything of which the inbox may still hold the entry. */
    private final NavigableMap<Long, TakenTask> tasks = new TreeMap<>();
    /** The greatest number that was taken, whatever came of it. */
    private long taken;

    private boolean registered;
    private boolean closed;

    /** Nothing happens before {@link #registered}. */
    public QueuedTasks(Setting setting) {
        this.setting = setting;
        this.around = setting.around();
        String self = setting.self().name();
        this.inputs = new TaskInputs(setting, this::advance);
        this.inbox = new InboxFollower(setting.store(), setting.session(), self, this::read);
        this.outbox = new OutboxWriter(setting.loop(), setting.store(), setting.session(), self, new Written());
    }

    @Override
    public void registered() {
        registered = true;
        inbox.follow();
    }

    @Override
    public void suspended() {
        outbox.suspended();
    }

    @Override
    public void resumed() {
        outbox.resumed();
        if (registered) {
            inbox.follow();
        }
        tasks.values().forEach(TakenTask::askAgain);
        look();
    }

    // --- taking

    /** What the inbox holds now. */
    private void read(Inbox found) {
        if (closed) {
            return;
        }
        Map<Long, Inbox.Entry> entries = new HashMap<>();
        found.entries().forEach(entry -> entries.put(entry.number(), entry));
        for (TakenTask task : List.copyOf(tasks.values())) {
            Inbox.Entry entry = entries.get(task.number());
            if (entry == null) {
                forget(task);
            } else if (!entry.cancel().isEmpty() && task.entry.cancel().isEmpty()) {
                task.entry = entry;
                cancel(task);
            }
        }
        // An inbox lists its entries by number.
        found.entries().stream()
                .filter(entry -> entry.number() > taken)
                .toList()
                .forEach(this::take);
    }

    private void take(Inbox.Entry entry) {
        taken = entry.number();
        TakenTask task = new TakenTask(entry, around.definitionsSeen());
        tasks.put(task.number(), task);
        advance(task);
    }

    /** The master has settled it, or somebody has taken it out of the inbox: nobody asks for it any more. */
    private void forget(TakenTask task) {
        tasks.remove(task.number());
        outbox.forget(task.number());
        if (task.phase == TakenTask.Phase.RUNNING) {
            LOG.warn("what runs is not in the inbox any more: {}; it is told to stop", task);
            stop(task, Stage.LOST, Refusals.WITHDRAWN);
        } else {
            // What is still being read for it must not make it begin.
            task.phase = TakenTask.Phase.OVER;
        }
    }

    @Override
    public void look() {
        if (!closed) {
            List.copyOf(tasks.values()).forEach(this::advance);
        }
    }

    /** Begins what waits, as soon as nothing is in the way any more. */
    private void advance(TakenTask task) {
        if (task.phase != TakenTask.Phase.WAITING || closed) {
            return;
        }
        if (!task.entry.cancel().isEmpty()) {
            unbegun(task, Stage.CANCELLED, task.entry.cancel());
        } else if (around.leaving()) {
            unbegun(task, Stage.REFUSED, Refusals.LEAVING);
        } else if (around.hasLooked(task.definitions)) {
            String uid = task.entry.task().jobUid();
            Optional<JobRecord> job = around.job(uid);
            if (job.isPresent()) {
                advance(task, job.get());
            } else if (!around.unreadable(uid)) {
                unbegun(task, Stage.REFUSED, Refusals.UNKNOWN_JOB);
            }
        }
    }

    private void advance(TakenTask task, JobRecord job) {
        JobDefinition definition = job.at(task.entry.definedAt()).definition();
        if (job.deleted()) {
            unbegun(task, Stage.REFUSED, Reasons.DELETED);
        } else if (!setting.handlers().contains(definition.handler())) {
            unbegun(task, Stage.REFUSED, Refusals.NO_HANDLER);
        } else if (!task.checkpointKnown) {
            readCheckpoint(task);
        } else if (inputs.known(task, definition)
                && around.leaseHolds()
                && (definition.recovery() == Recovery.RERUN || isClaimed(task))) {
            begin(task, job, definition);
        }
    }

    /** Whether it is known to be claimed; it is claimed if it is not. */
    private boolean isClaimed(TakenTask task) {
        if (!task.claimed) {
            task.claimed = true;
            outbox.say(task.report(Stage.CLAIMED, Instant.EPOCH, true, ""));
        }
        return task.claimDurable;
    }

    private void readCheckpoint(TakenTask task) {
        if (task.checkpointAsked) {
            return;
        }
        task.checkpointAsked = true;
        OutboxItem item = task.entry.order().resumes().orElseThrow();
        setting.store().read(setting.session(), "resume-read", item.path(), answer -> {
            if (answer instanceof Read.Failed) {
                setting.loop().after(setting.session().timeout().toNanos() / 4, () -> {
                    task.checkpointAsked = false;
                    advance(task);
                });
                return;
            }
            if (answer instanceof Read.Found found) {
                task.checkpoint = found.znode().data();
            } else {
                LOG.warn("a checkpoint is gone: {} at {}; the attempt begins without it", task, item.path());
            }
            task.checkpointKnown = true;
            advance(task);
        });
    }

    // --- running

    private void begin(TakenTask task, JobRecord job, JobDefinition definition) {
        task.phase = TakenTask.Phase.RUNNING;
        task.started = present();
        outbox.say(task.report(Stage.STARTED, Instant.EPOCH, true, ""));
        TaskInputs.Given given = inputs.of(task, definition);
        task.upstreams = null; // it may be large, and was needed for this alone
        task.parts = null;
        TaskAttempt attempt = new TaskAttempt(setting.loop(), task, job, definition, new Listener());
        if (given.failure().isPresent()) {
            AttemptEnd failure = given.failure().get();
            setting.loop().execute(() -> attempt.unbegun(failure));
            return;
        }
        byte[] left = task.checkpoint;
        Attempts.Task order = new Attempts.Task(
                task.order(),
                job,
                definition,
                given.inputs(),
                left == null
                        ? Optional.empty()
                        : Optional.of(new CheckpointRecord(task.entry.fire(), task.number(), left)),
                () -> task.phase == TakenTask.Phase.OVER ? 0 : around.leaseRemainingNanos());
        // Posted, not called: an attempt that ends at once must not come back into the decision that started it.
        setting.loop().execute(() -> setting.attempts().start(order, attempt));
        attempt.arm();
    }

    private Instant present() {
        return Instant.ofEpochMilli(setting.loop().now().toEpochMilli());
    }

    /** What an attempt tells. */
    private final class Listener implements TaskAttempt.Owner {

        @Override
        public void ended(TakenTask task, JobDefinition job, AttemptEnd end) {
            if (task.phase == TakenTask.Phase.RUNNING) {
                Report report = TaskEnds.ended(task, job, end, present());
                byte[] output = task.output;
                over(task, report);
                if (report.stage() == Stage.SUCCEEDED && output != null) {
                    outbox.leave(task.number(), output, Left.OUTPUT);
                }
            }
        }

        @Override
        public void abandoned(TakenTask task, JobDefinition job) {
            if (task.phase == TakenTask.Phase.RUNNING) {
                over(task, TaskEnds.abandoned(task, job, present()));
            }
        }

        @Override
        public void timedOut(TakenTask task, String reason) {
            stop(task, Stage.TIMED_OUT, reason);
        }

        @Override
        public void checkpoint(TakenTask task, byte[] data) {
            if (task.phase == TakenTask.Phase.RUNNING && !closed) {
                outbox.leave(task.number(), data, Left.CHECKPOINT);
            }
        }

        @Override
        public void split(TakenTask task, List<HandedPage> pages) {
            if (task.phase == TakenTask.Phase.RUNNING && !closed) {
                outbox.hand(
                        task.number(), pages.stream().map(HandedPage::encode).toList());
            }
        }
    }

    // --- ending

    private void unbegun(TakenTask task, Stage stage, String reason) {
        over(task, task.report(stage, present(), true, reason));
    }

    private void over(TakenTask task, Report report) {
        task.phase = TakenTask.Phase.OVER;
        if (closed || tasks.get(task.number()) != task) {
            return;
        }
        if (report.stage() == Stage.LOST && !around.leaseHolds()) {
            task.held = report;
        } else {
            outbox.say(report);
        }
    }

    /** It is marked in the inbox. */
    private void cancel(TakenTask task) {
        if (task.phase == TakenTask.Phase.RUNNING) {
            stop(task, Stage.CANCELLED, task.entry.cancel());
        } else {
            advance(task);
        }
    }

    private void stop(TakenTask task, Stage as, String reason) {
        if (task.phase == TakenTask.Phase.RUNNING) {
            if (task.stopped.isEmpty()) {
                task.stopped = Optional.of(as);
                task.stopReason = reason;
            }
            setting.loop().execute(() -> setting.attempts().stop(task.shard(), task.number(), reason));
        }
    }

    @Override
    public void stopAll(String reason) {
        tasks.values().forEach(task -> stop(task, Stage.LOST, reason));
    }

    @Override
    public void leaseChanged(boolean holds) {
        if (!holds) {
            stopAll(Reasons.LEASE_OVER);
            return;
        }
        for (TakenTask task : tasks.values()) {
            Report held = task.held;
            if (held != null) {
                task.held = null;
                outbox.say(held);
            }
        }
        look();
    }

    @Override
    public boolean idle() {
        return tasks.values().stream().allMatch(task -> task.phase == TakenTask.Phase.OVER);
    }

    @Override
    public boolean recorded() {
        return outbox.recorded() && tasks.values().stream().allMatch(task -> task.held == null);
    }

    @Override
    public void drop() {
        closed = true;
        inbox.close();
        outbox.close();
        stopAll(Reasons.LEASE_OVER);
    }

    /** What became of what was said. */
    private final class Written implements OutboxWriter.Owner {

        @Override
        public void durable(Report report) {
            TakenTask task = tasks.get(report.number());
            if (task != null && report.stage() == Stage.CLAIMED) {
                task.claimDurable = true;
                advance(task);
            }
        }

        @Override
        public void fenced() {
            LOG.warn("registration is gone: incarnation={}; what it has of the queue is stopped", setting.self());
            stopAll(Reasons.LEASE_OVER);
        }

        @Override
        public void refused(String why) {
            LOG.error("what became of queued tasks cannot be written: {}; it is kept and tried again", why);
        }
    }
}
