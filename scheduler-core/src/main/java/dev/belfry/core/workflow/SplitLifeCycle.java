package dev.belfry.core.workflow;

import dev.belfry.core.run.LifeCycle;

/** The life of a run that is split into sub-tasks, declared as data. */
public final class SplitLifeCycle {

    /** What happens to it. */
    public enum Event {
        /** The code that splits has ended well; there will be no further sub-tasks. */
        CLOSE,
        /** The code that splits has failed for good. */
        GIVE_UP,
        /** The last sub-task is final. */
        GATHERED,
        /** Too many sub-tasks have failed, or it is cancelled. */
        STOP,
        /** The reduce step, or the last sub-task of a run that stops, has ended. */
        END
    }

    /** The declared transitions. */
    public static final LifeCycle<SplitPhase, Event> TABLE = LifeCycle.<SplitPhase, Event>named("split run")
            .add(SplitPhase.SPLITTING, Event.CLOSE, SplitPhase.GATHERING)
            .add(SplitPhase.SPLITTING, Event.GIVE_UP, SplitPhase.STOPPING)
            .add(SplitPhase.SPLITTING, Event.STOP, SplitPhase.STOPPING)
            .add(SplitPhase.GATHERING, Event.GATHERED, SplitPhase.REDUCING)
            .add(SplitPhase.GATHERING, Event.STOP, SplitPhase.STOPPING)
            .add(SplitPhase.REDUCING, Event.STOP, SplitPhase.STOPPING)
            .add(SplitPhase.REDUCING, Event.END, SplitPhase.FINAL)
            .add(SplitPhase.STOPPING, Event.END, SplitPhase.FINAL)
            .build();

    private SplitLifeCycle() {}
}
