package dev.belfry.core.assign;

import java.util.function.IntPredicate;

/** Contiguous blocks of equal size; the first agents take one more each until the remainder is used up. */
final class AveragePlacement implements Placement {
    private final int[] agents;
    private final int shards;

    AveragePlacement(int[] agents, int shards) {
        this.agents = agents;
        this.shards = shards;
    }

    @Override
    public int pick(int shard, IntPredicate open) {
        if (agents.length == 0) {
            return -1;
        }
        int size = shards / agents.length;
        int larger = shards % agents.length;
        int inLarger = larger * (size + 1);
        int block = shard < inLarger ? shard / (size + 1) : larger + (shard - inLarger) / Math.max(1, size);
        return Placement.around(agents, block, open);
    }
}
