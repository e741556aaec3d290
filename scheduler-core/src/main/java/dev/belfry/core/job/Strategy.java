package dev.belfry.core.job;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** How the shards of a sticky job are spread over the agents, or by which agent a task of a queued job is run. */
public enum Strategy {
    /** Sticky: by weight over the whole namespace, moving as little as possible. */
    BALANCED(Placement.STICKY),
    /** Sticky: contiguous ranges of shards, the same number on each agent. */
    AVERAGE(Placement.STICKY),
    /**
     * Sticky: one after another over the agents, beginning at a place that depends on the job. Queued: each task on the
     * agent after that of the job's last one.
     */
    ROUND_ROBIN(Placement.STICKY, Placement.QUEUED),
    /** Sticky: like average, over the agents in ascending or descending order depending on the job. */
    ODD_EVEN(Placement.STICKY),
    /** Sticky: by highest random weight of shard and agent: least movement. */
    RENDEZVOUS(Placement.STICKY),
    /** At random, seeded. */
    RANDOM(Placement.STICKY, Placement.QUEUED),
    /** Queued: the agent with the largest free share of its scarcest resource. */
    LEAST_LOADED(Placement.QUEUED),
    /** Queued: the agent with the smallest free share, so that others stay free for large tasks. */
    MOST_UTILISED(Placement.QUEUED),
    /** Queued: always the same agent for a key, as long as it is there and has room. */
    CONSISTENT_HASH(Placement.QUEUED),
    /** Queued: the first agent in the order of their ids. */
    FAILOVER(Placement.QUEUED),
    /** Queued: a task for every agent that is there when the run is submitted. */
    BROADCAST(Placement.QUEUED);

    private final Set<Placement> placements;

    Strategy(Placement first, Placement... more) {
        placements = EnumSet.of(first, more);
    }

    /** Whether a job with this placement may have the strategy. */
    public boolean fits(Placement placement) {
        return placements.contains(placement);
    }

    /** What a job with this placement has unless it says otherwise; of no meaning for a broadcast job. */
    public static Strategy usual(Placement placement) {
        return placement == Placement.QUEUED ? LEAST_LOADED : BALANCED;
    }

    /** All that a job with this placement may have. */
    static List<Strategy> of(Placement placement) {
        return Arrays.stream(values()).filter(each -> each.fits(placement)).toList();
    }
}
