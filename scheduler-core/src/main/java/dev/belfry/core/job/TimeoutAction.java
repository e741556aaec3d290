package dev.belfry.core.job;

/** What happens when a time-out passes. */
public enum TimeoutAction {
    /** The attempt is cancelled. */
    CANCEL,
    /** A warning is recorded; the attempt goes on. */
    WARN
}
