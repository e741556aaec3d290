package dev.belfry.core.assign;

import java.util.function.IntPredicate;

/**
 * Highest random weight (Thaler and Ravishankar, 1998): each shard goes to the agent whose hash together with the
 * shard's is the greatest. An agent that leaves gives away only its own shards, one that joins takes only what it wins.
 */
final class RendezvousPlacement implements Placement {
    private final int[] agents;
    private final long hash;
    private final long[] idHash;

    RendezvousPlacement(int[] agents, long hash, long[] idHash) {
        this.agents = agents;
        this.hash = hash;
        this.idHash = idHash;
    }

    @Override
    public int pick(int shard, IntPredicate open) {
        long mine = Hashes.mix(hash, shard);
        int best = -1;
        long bestScore = Long.MIN_VALUE;
        for (int agent : agents) {
            long score = Hashes.mix(mine, idHash[agent]);
            if ((best < 0 || score > bestScore) && open.test(agent)) {
                best = agent;
                bestScore = score;
            }
        }
        return best;
    }
}
