package dev.belfry.core.workflow;

/** Where a workflow run stands. */
public enum RunPhase {
    RUNNING,
    /** It was cancelled; jobs that had started are ending. */
    STOPPING,
    /** Every job has its outcome. */
    FINAL
}
