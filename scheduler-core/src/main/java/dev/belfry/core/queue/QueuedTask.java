package dev.belfry.core.queue;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.ledger.FireId;
import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A task in the hands of the master. Mutable; owned by the {@link QueueBook} that made it. */
public final class QueuedTask {

    /**
     * One dispatch of a task.
     *
     * @param incarnation in whose inbox it is
     * @param cancel why it is marked there as to be cancelled; empty if it is not
     */
    record Dispatch(String incarnation, String cancel) {}

    /** Seconds. */
    private static final int LONGEST_PAUSE = 60;

    private final TaskId id;
    private final Submission run;
    private final Instant accepted;
    final SegmentBook segment;
    final int ordinal;
    TaskHistory history;
    TaskState state = TaskState.QUEUED;
    /** Its numbers in inboxes, oldest first: one, or two where a backup attempt runs beside the first. */
    final NavigableMap<Long, Dispatch> dispatches = new TreeMap<>();

    /** What its success has left for those that follow. */
    Optional<OutboxItem> output = Optional.empty();

    /** Seconds for which it waits once an agent has refused it. */
    private int pause = 1;

    QueuedTask(TaskId id, Submission run, Instant accepted, SegmentBook segment, int ordinal, TaskHistory history) {
        this.id = id;
        this.run = run;
        this.accepted = accepted;
        this.segment = segment;
        this.ordinal = ordinal;
        this.history = history;
    }

    public TaskId id() {
        return id;
    }

    public Submission run() {
        return run;
    }

    /** When its run became durable, by the clock of the ensemble. */
    public Instant accepted() {
        return accepted;
    }

    public TaskState state() {
        return state;
    }

    public TaskHistory history() {
        return history;
    }

    public FireId fire() {
        return run.fire(accepted);
    }

    /** Its attempts go by the definition in force then. */
    public Instant definedAt() {
        return run.options().asOf().orElseGet(() -> fire().due());
    }

    /** The instant from which its waiting counts: its submission, or the end of the delay that was asked for. */
    public Instant ready() {
        Instant notBefore = run.options().notBefore();
        return notBefore.isAfter(accepted) ? notBefore : accepted;
    }

    /** When it may be dispatched at the earliest. */
    public Instant notBefore() {
        return history.notBefore().isAfter(ready()) ? history.notBefore() : ready();
    }

    /** No less than the bytes of its entry in an inbox. */
    public int mostBytes() {
        int item = history.checkpoint().map(OutboxItem::text).orElse("").length();
        return InboxBook.bytes(run.runId(), run.jobUid(), "", run.parameters()) + item;
    }

    /** An agent has refused it; how long it waits, longer each time in this term: it is not to go round without end. */
    Duration refused() {
        Duration wait = Duration.ofSeconds(pause);
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
        return wait;
    }

    void on(TaskState.Event event) {
        state = state.on(event);
    }

    @Override
    public String toString() {
        return id + " " + state;
    }
}
