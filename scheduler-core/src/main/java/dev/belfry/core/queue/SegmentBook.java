package dev.belfry.core.queue;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.workflow.JobEnd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A segment in the hands of the master: its tasks, and what is stored of them. Mutable; owned by its {@link QueueBook}. */
final class SegmentBook {
    private final String path;
    private final Instant accepted;
    private final List<QueuedTask> tasks = new ArrayList<>();
    private final Map<Outcome, BitSet> settled = new EnumMap<>(Outcome.class);
    private int open;
    /** Version of the state's znode; -1 while there is none. */
    private int stateVersion;

    /**
     * @param accepted when it was created, by the clock of the ensemble
     * @param stateVersion of the znode of {@code state}; -1 if there is none
     */
    SegmentBook(String path, Instant accepted, Segment segment, SegmentState state, int stateVersion) {
        this.path = path;
        this.accepted = accepted;
        this.stateVersion = stateVersion;
        state.settled().forEach((outcome, numbers) -> settled.put(outcome, (BitSet) numbers.clone()));
        BitSet done = new BitSet();
        settled.values().forEach(done::or);
        for (Submission run : segment.runs()) {
            for (int shard = 0; shard < run.shards(); shard++) {
                int ordinal = tasks.size();
                QueuedTask task = new QueuedTask(
                        TaskId.of(run.runId(), shard),
                        run,
                        accepted,
                        this,
                        ordinal,
                        state.histories().getOrDefault(ordinal, TaskHistory.NONE));
                if (done.get(ordinal)) {
                    task.on(TaskState.Event.SETTLE);
                } else {
                    open++;
                }
                tasks.add(task);
            }
        }
    }

    String path() {
        return path;
    }

    Instant accepted() {
        return accepted;
    }

    List<QueuedTask> tasks() {
        return tasks;
    }

    /** Tasks without an outcome. */
    int open() {
        return open;
    }

    void settle(QueuedTask task, Outcome outcome) {
        settled.computeIfAbsent(outcome, o -> new BitSet()).set(task.ordinal);
        open--;
    }

    /** The first task of the run of this id, if it is in this segment. */
    Optional<QueuedTask> first(String id) {
        return tasks.stream().filter(task -> task.id().run().equals(id)).findFirst();
    }

    /** The outcome of the run of a task, of which every task has one. */
    Outcome outcome(QueuedTask one) {
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        for (QueuedTask task : ofRun(one)) {
            settled.forEach((outcome, numbers) -> {
                if (numbers.get(task.ordinal)) {
                    outcomes.add(outcome);
                }
            });
        }
        return JobEnd.combined(outcomes);
    }

    /** Whether every task of the run of a task has its outcome. */
    boolean isSettled(QueuedTask one) {
        for (QueuedTask task : ofRun(one)) {
            if (task.state != TaskState.SETTLED) {
                return false;
            }
        }
        return true;
    }

    /** The tasks of the run of a task: they lie side by side. Asked at every end, so runs are not compared with each other. */
    private List<QueuedTask> ofRun(QueuedTask one) {
        int first = one.ordinal - one.id().shard();
        return tasks.subList(first, first + one.run().shards());
    }

    /** No less than the bytes of what is to be stored of it now. */
    int mostBytes() {
        long histories = tasks.stream().filter(SegmentBook::hasHistory).count();
        return SegmentState.mostBytes(tasks.size() - open, (int) histories);
    }

    private static boolean hasHistory(QueuedTask task) {
        return task.state != TaskState.SETTLED && !task.history.equals(TaskHistory.NONE);
    }

    /** What is to be stored of it now. */
    SegmentState state() {
        Map<Integer, TaskHistory> histories = new TreeMap<>();
        for (QueuedTask task : tasks) {
            if (hasHistory(task)) {
                histories.put(task.ordinal, task.history);
            }
        }
        return new SegmentState(settled, histories);
    }

    int stateVersion() {
        return stateVersion;
    }

    void stateWritten() {
        stateVersion++;
    }
}
