package dev.belfry.core.job;

/** How the shards of a sticky job are spread over the agents. */
public enum Strategy {
    /** By weight over the whole namespace, moving as little as possible. */
    BALANCED,
    /** Contiguous ranges of shards, the same number on each agent. */
    AVERAGE,
    /** One after another over the agents, beginning at a place that depends on the job. */
    ROUND_ROBIN,
    /** Like average, over the agents in ascending or descending order depending on the job. */
    ODD_EVEN,
    /** By highest random weight of shard and agent: least movement. */
    RENDEZVOUS,
    /** At random, seeded by the job. */
    RANDOM
}
