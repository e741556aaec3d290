package dev.belfry.master.queue;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.dispatch.Explanation;
import dev.belfry.core.ledger.LedgerRecord;
import dev.belfry.core.queue.FiresMark;
import dev.belfry.core.queue.QueueLedger;
import dev.belfry.core.queue.QueuedTask;
import dev.belfry.core.queue.SplitBook;
import dev.belfry.core.queue.TaskState;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.VersionedDueSet;
import dev.belfry.core.workflow.SplitHead;
import dev.belfry.core.workflow.SubTaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The scheduled fires without an outcome that the queue has, as they stand at one instant. */
public final class ScheduledTasks {
    private final QueueFires fires;
    private final QueueChooser chooser;
    private final SplitBook splits;
    private final Map<String, List<QueuedTask>> byJob = new HashMap<>();

    ScheduledTasks(QueueFires fires, QueueChooser chooser, SplitBook splits, Iterable<QueuedTask> tasks) {
        this.splits = splits;
        this.fires = fires;
        this.chooser = chooser;
        tasks.forEach(task -> {
            boolean part = SubTaskId.parentOf(task.run().runId()).isPresent();
            if (!part && task.run().due().isPresent()) {
                byJob.computeIfAbsent(task.run().jobUid(), uid -> new ArrayList<>())
                        .add(task);
            }
        });
    }

    private List<QueuedTask> of(JobRecord job) {
        return byJob.getOrDefault(job.uid(), List.of());
    }

    /** What a ledger of a shard would say; empty if it is not known how far the schedule of the job is. */
    public Optional<LedgerRecord> ledger(JobRecord job, int shard) {
        return fires.mark(job).map(mark -> QueueLedger.of(VersionedDueSet.queued(job), mark, of(job), shard));
    }

    /** The agent that has the oldest task of a shard that any has; empty if all wait. */
    public Optional<Incarnation> holder(JobRecord job, int shard) {
        return of(job).stream()
                .filter(task -> task.id().shard() == shard)
                .flatMap(task -> QueueLedger.holder(task).stream())
                .findFirst()
                .map(Incarnation::new);
    }

    /** Why a fire of a shard has no outcome, sentence by sentence. */
    public List<String> story(JobRecord job, int shard, Instant fire, Instant now) {
        Optional<QueuedTask> task = of(job).stream()
                .filter(one -> one.id().shard() == shard
                        && one.run().due().filter(fire::equals).isPresent())
                .findFirst();
        if (task.isPresent()) {
            return story(task.get(), now);
        }
        Optional<FiresMark> mark = fires.mark(job);
        boolean turn = mark.filter(known ->
                        known.waiting().stream().anyMatch(one -> one.due().equals(fire)))
                .isPresent();
        if (turn) {
            return List.of(
                    "Shard " + shard + " waits for its turn: it is queued once the runs of the job before it are over.",
                    "Runs without an outcome: "
                            + of(job).stream()
                                    .map(one -> one.run().runId())
                                    .distinct()
                                    .count() + " of its schedule.");
        }
        return List.of("Shard " + shard
                + " waits for a master to decide whether it is run; the schedule of the job was decided" + " up to "
                + mark.map(known -> known.upTo().toString()).orElse("no instant") + ".");
    }

    private List<String> story(QueuedTask task, Instant now) {
        String shard = "Shard " + task.id().shard();
        String since = "Run " + task.run().runId() + " is in the queue since " + task.accepted() + ".";
        Optional<String> holder = QueueLedger.holder(task);
        if (holder.isPresent()) {
            String second = QueueLedger.backup(task)
                    .map(other -> "; as it is slow, a second attempt is with agent " + new Incarnation(other).agentId())
                    .orElse("");
            return List.of(
                    since,
                    shard + " is with agent " + new Incarnation(holder.get()).agentId() + second
                            + " and has no outcome yet; attempts before: "
                            + task.history().attempts() + ".");
        }
        Optional<SplitHead> split = splits.find(task.run().runId());
        if (split.isPresent() && task.state() == TaskState.GATHERING) {
            return List.of(since, shard + " " + split.get().story() + ".");
        }
        List<String> told = new ArrayList<>(List.of(since, shard + " waits in the queue."));
        chooser.explain(task.id(), now).map(Explanation::text).ifPresent(told::add);
        return told;
    }
}
