package dev.belfry.core.queue;

import dev.belfry.core.run.LifeCycle;

/** Where a queued task stands in the hands of the master. */
public enum TaskState {
    /** In its segment, and in no inbox: it waits for its turn, for room, or for the end of a pause. */
    QUEUED,
    /** In an inbox. */
    DISPATCHED,
    /** In an inbox, marked as to be cancelled. */
    STOPPING,
    /** In no inbox: its code has handed in sub-tasks and has ended, and its sub-tasks, or its reduce step, have not. */
    GATHERING,
    /** It has its outcome. */
    SETTLED;

    /** What happens to a task. */
    public enum Event {
        /** It is written into an inbox. */
        DISPATCH,
        /** A second attempt beside the first is written into another inbox. */
        BACK_UP,
        /** An operator, a time-out or the success of its other attempt asks it to stop. */
        STOP,
        /** Its attempt has ended or is lost, and another one follows. */
        AGAIN,
        /** Its own code has ended, and what it was split into decides. */
        GATHER,
        /** It has its final outcome. */
        SETTLE
    }

    /** The declared transitions. */
    public static final LifeCycle<TaskState, Event> TABLE = LifeCycle.<TaskState, Event>named("queued task")
            .add(QUEUED, Event.DISPATCH, DISPATCHED)
            .add(QUEUED, Event.SETTLE, SETTLED)
            .add(DISPATCHED, Event.BACK_UP, DISPATCHED)
            .add(DISPATCHED, Event.STOP, STOPPING)
            .add(DISPATCHED, Event.AGAIN, QUEUED)
            .add(DISPATCHED, Event.SETTLE, SETTLED)
            .add(STOPPING, Event.AGAIN, QUEUED)
            .add(STOPPING, Event.SETTLE, SETTLED)
            .add(QUEUED, Event.GATHER, GATHERING)
            .add(DISPATCHED, Event.GATHER, GATHERING)
            .add(STOPPING, Event.GATHER, GATHERING)
            .add(GATHERING, Event.SETTLE, SETTLED)
            .build();

    /** The state that follows on {@code event}, by {@link #TABLE}. */
    public TaskState on(Event event) {
        return TABLE.next(this, event);
    }
}
