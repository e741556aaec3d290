package dev.belfry.core.assign;

import java.util.BitSet;

/**
 * A layout that is over and that may still owe outcomes: each of its shards goes to an owner once more who starts
 * nothing, records what is left as superseded, and lets go.
 *
 * @param layout its number
 * @param shards how many it has
 * @param settled the shards of which nothing is owed any more
 */
public record EndedLayout(int layout, int shards, BitSet settled) {
    /** Copies. */
    public EndedLayout {
        settled = (BitSet) settled.clone();
    }

    /** A layout of which nothing is known to be settled. */
    public static EndedLayout of(int layout, int shards) {
        return new EndedLayout(layout, shards, new BitSet());
    }

    /** A copy. */
    @Override
    public BitSet settled() {
        return (BitSet) settled.clone();
    }

    boolean isSettled(int shard) {
        return settled.get(shard);
    }
}
