package dev.belfry.core.workflow;

/** Where a job of a workflow run stands. */
public enum JobPhase {
    /** Its upstreams have not decided yet. */
    WAITING,
    /** It is queued or runs. */
    STARTED,
    /** It was asked to stop and has not ended yet. */
    STOPPING,
    /** It has its outcome. */
    FINAL
}
