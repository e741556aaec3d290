package dev.belfry.core.job;

/** How the outcomes of upstream jobs decide whether a job of a workflow runs. */
public enum TriggerRule {
    /** All upstreams succeeded. */
    ALL_SUCCESS,
    /** All upstreams failed. */
    ALL_FAILED,
    /** All upstreams have ended, in whatever way. */
    ALL_DONE,
    /** One upstream succeeded; the others are not waited for. */
    ONE_SUCCESS,
    /** One upstream failed; the others are not waited for. */
    ONE_FAILED,
    /** One upstream has succeeded or failed; the others are not waited for. */
    ONE_DONE,
    /** All upstreams have ended and none failed. */
    NONE_FAILED,
    /** All upstreams have ended, none failed and one at least succeeded. */
    NONE_FAILED_MIN_ONE_SUCCESS,
    /** All upstreams have ended and none was skipped. */
    NONE_SKIPPED,
    /** At once: no upstream is waited for. */
    ALWAYS
}
