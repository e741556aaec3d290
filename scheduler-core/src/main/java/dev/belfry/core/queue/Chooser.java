package dev.belfry.core.queue;

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

    /** The task takes room of an agent although it was not chosen: it was found in its inbox. */
    void found(QueuedTask task, String incarnation);

    /** What the task took of an agent is free again. */
    void left(QueuedTask task, String incarnation);

    /** The next task that can start, which waits no more and takes its room; empty if none can. */
    Optional<Choice> next(Instant now);

    /** The choice could not be carried out: its inbox is full. Nothing more is chosen for that agent in this round. */
    void refused(Choice choice);

    /** A round begins: agents that were full may be chosen again. */
    void round();
}
