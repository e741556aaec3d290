package dev.belfry.core.job;

/** What becomes of an attempt that was cut short by the loss of its agent. */
public enum Recovery {
    /** It runs again elsewhere: at least once. */
    RERUN,
    /** It is final as lost: at most once. */
    SKIP
}
