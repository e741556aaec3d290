package dev.belfry.core.queue;

import dev.belfry.core.dispatch.TaskId;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which checkpoints and outputs are still needed (rule Q12). A view of its {@link QueueBook}. */
final class OutboxItems {
    private final Map<TaskId, QueuedTask> tasks;
    private final Map<String, InboxBook> inboxes;
    private final WorkflowBook workflows;

    OutboxItems(Map<TaskId, QueuedTask> tasks, Map<String, InboxBook> inboxes, WorkflowBook workflows) {
        this.workflows = workflows;
        this.tasks = tasks;
        this.inboxes = inboxes;
    }

    /** All that the queue names. */
    Set<OutboxItem> named() {
        Set<OutboxItem> named = new HashSet<>(workflows.kept());
        for (QueuedTask task : tasks.values()) {
            if (task.state != TaskState.SETTLED) {
                task.history.checkpoint().ifPresent(named::add);
            }
        }
        for (InboxBook inbox : inboxes.values()) {
            for (Inbox.Entry entry : inbox.entries().values()) {
                named.add(new OutboxItem(inbox.incarnation(), entry.number()));
                entry.order().resumes().ifPresent(named::add);
            }
        }
        return named;
    }

    /**
     * The end of an attempt may leave to nobody what it wrote, what it went on from, and what its task was to go on from.
     *
     * @param task null if it is not known any more
     */
    void ended(@Nullable QueuedTask task, Inbox.Entry entry, Optional<OutboxItem> left, QueueRound round) {
        TaskId id = TaskId.of(entry.runId(), entry.task().shard());
        left.ifPresent(item -> round.loose(item, id));
        entry.order().resumes().ifPresent(item -> round.loose(item, id));
        // One that is settled has left it already.
        if (task != null && task.state != TaskState.SETTLED) {
            task.history.checkpoint().ifPresent(item -> round.loose(item, id));
        }
    }

    /** Whether a task still needs what one of its attempts left, or a workflow run keeps it. */
    boolean isNamed(OutboxItem item, TaskId id) {
        return workflows.kept().contains(item) || isNamedByTask(item, id);
    }

    private boolean isNamedByTask(OutboxItem item, TaskId id) {
        QueuedTask task = tasks.get(id);
        if (task == null) {
            return false;
        }
        boolean next = task.state != TaskState.SETTLED
                && task.history.checkpoint().filter(item::equals).isPresent();
        return next || task.dispatches.keySet().stream().anyMatch(number -> isNamed(item, task, number));
    }

    private boolean isNamed(OutboxItem item, QueuedTask task, long number) {
        QueuedTask.Dispatch dispatch = task.dispatches.get(number);
        InboxBook inbox = dispatch == null ? null : inboxes.get(dispatch.incarnation());
        Inbox.Entry entry = inbox == null ? null : inbox.get(number);
        return number == item.number()
                || (entry != null
                        && entry.order().resumes().filter(item::equals).isPresent());
    }
}
