package dev.belfry.core.job;

/** Who runs a job's shards. */
public enum Placement {
    /** Each shard has one owner, assigned ahead of time, which fires it from its own clock. */
    STICKY,
    /** Each run is queued and dispatched when it is due to an agent with room for it. */
    QUEUED,
    /** Every eligible agent runs every fire; the shard is the agent. */
    BROADCAST
}
