package dev.belfry.core.queue;

import dev.belfry.core.dispatch.TaskId;
import dev.belfry.core.job.BackupAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides which queued task goes next, and to which agent: the order of the queue, its limits, and the agents' room. */
public interface Chooser {

    /** A task that is to go to an agent. */
    record Choice(QueuedTask task, String incarnation) {}

    /** The task waits from here on. */
    void queued(QueuedTask task);

    /** The task does not wait any more, and was not chosen: it has its outcome. */
    void withdrawn(QueuedTask task);

    /**
     * An entry takes room of an agent although it was not chosen: it was found in its inbox when the term began, whether or not its
     * task is known.
     */
    void found(Inbox.Entry entry, String incarnation);

    /** What a task took of an agent is free again. */
    void left(TaskId task, String incarnation);

    /** After which time an attempt at a task of the job is slow by this rule; empty while too few are measured. */
    Optional<Duration> slowAfter(String jobUid, BackupAfter rule);

    /**
     * An agent for a second attempt beside the one that is out, which takes its room; empty if there is none now. To be asked only
     * where {@link #next} has nothing more: a second attempt takes what the tasks that wait leave.
     *
     * @param beside the incarnation that has the first
     */
    Optional<String> second(QueuedTask task, String beside, Instant now);

    /** The next task that can start, which waits no more and takes its room; empty if none can. */
    Optional<Choice> next(Instant now);

    /** The choice could not be carried out: its inbox is full. Nothing more is chosen for that agent in this round. */
    void refused(Choice choice);

    /** A round begins: agents that were full may be chosen again. */
    void round();
}
