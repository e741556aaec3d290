package dev.belfry.core.workflow;

/** Where a split run stands. */
public enum SplitPhase {
    /** The code that splits is under way, or is to be tried again; sub-tasks already run. */
    SPLITTING,
    /** The code has ended; sub-tasks are under way. */
    GATHERING,
    /** All sub-tasks are final; the reduce step is under way. */
    REDUCING,
    /** Too many have failed, or it was cancelled; what is under way is ending. */
    STOPPING,
    FINAL
}
