package dev.belfry.core.assign;

import java.util.function.IntPredicate;

/** A strategy that computes the place of each shard from the cluster alone, not from where the shard is. */
interface Placement {
    /**
     * The agent for a shard.
     *
     * @param shard its number
     * @param open which agents may be chosen
     * @return the first open agent in the strategy's order for this shard, or -1 when none is open
     */
    int pick(int shard, IntPredicate open);

    /** The strategy of a job over some agents, which are in the order of their ids. */
    static Placement of(JobView job, Cluster cluster, int[] agents) {
        return switch (job.spec.strategy()) {
            case AVERAGE -> new AveragePlacement(agents, job.spec.shards());
            case ODD_EVEN -> OddEven.placement(agents, job);
            case ROUND_ROBIN -> new RoundRobinPlacement(agents, job.hash());
            case RANDOM -> new RandomPlacement(agents, Hashes.mix(job.hash(), job.spec.seed()));
            case RENDEZVOUS -> new RendezvousPlacement(agents, job.hash(), cluster.idHash);
            case BALANCED -> throw new IllegalArgumentException("balanced depends on where shards are");
        };
    }

    /** The first open agent from a place on, going round. */
    static int around(int[] agents, int start, IntPredicate open) {
        for (int i = 0; i < agents.length; i++) {
            int agent = agents[(start + i) % agents.length];
            if (open.test(agent)) {
                return agent;
            }
        }
        return -1;
    }
}
