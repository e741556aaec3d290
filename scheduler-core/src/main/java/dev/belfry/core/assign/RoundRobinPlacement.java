package dev.belfry.core.assign;

import java.util.function.IntPredicate;

/** One agent after the other, beginning at a place given by the job's hash, so that small jobs begin at different ones. */
final class RoundRobinPlacement implements Placement {
    private final int[] agents;
    private final long hash;

    RoundRobinPlacement(int[] agents, long hash) {
        this.agents = agents;
        this.hash = hash;
    }

    @Override
    public int pick(int shard, IntPredicate open) {
        return agents.length == 0
                ? -1
                : Placement.around(
                        agents, (int) ((Math.floorMod(hash, agents.length) + (long) shard) % agents.length), open);
    }
}
