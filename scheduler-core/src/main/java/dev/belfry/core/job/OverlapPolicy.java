package dev.belfry.core.job;

/** What happens to a fire of a shard whose previous run has not ended. */
public enum OverlapPolicy {
    /** It is recorded as skipped. */
    SKIP,
    /** One waits; further ones are skipped. */
    BUFFER_ONE,
    /** They wait, up to a limit. */
    BUFFER_ALL,
    /** The running one is cancelled, then the new one starts. */
    CANCEL_RUNNING,
    /** They run side by side, up to a limit. */
    ALLOW
}
