package dev.belfry.core.assign;

/** How the shards of a job are laid over the agents that may own them. */
public enum Strategy {
    /** Keeps owners; levels the weighted load over the whole namespace; moves only what restores balance. */
    BALANCED,
    /** Contiguous blocks of shards over the agents in order of their ids; the first agents take the remainder. */
    AVERAGE,
    /** One shard after the other over the agents in order of their ids, beginning at a place given by the job's uid. */
    ROUND_ROBIN,
    /** As {@link #AVERAGE}; jobs whose uid has an odd hash go through the agents in descending order. */
    ODD_EVEN,
    /** Each shard on the agent with the highest hash of (job, shard, agent): least movement when agents come and go. */
    RENDEZVOUS,
    /** Each shard on an agent drawn from the job's seed and the shard's number. */
    RANDOM
}
