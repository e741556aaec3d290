package dev.belfry.core.assign;

import java.util.function.IntPredicate;

/** A draw per shard that depends on the seed, the shard and the number of agents, and on nothing else. */
final class RandomPlacement implements Placement {
    private final int[] agents;
    private final long seed;

    RandomPlacement(int[] agents, long seed) {
        this.agents = agents;
        this.seed = seed;
    }

    @Override
    public int pick(int shard, IntPredicate open) {
        return agents.length == 0
                ? -1
                : Placement.around(agents, Math.floorMod(Hashes.mix(seed, shard), agents.length), open);
    }
}
