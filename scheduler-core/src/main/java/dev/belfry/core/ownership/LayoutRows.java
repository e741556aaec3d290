package dev.belfry.core.ownership;

import java.util.Arrays;

/**
 * The rows of one layout as parallel arrays, so that a million shards cost a few arrays and no objects. Incarnations
 * appear as their index in the dictionary of the {@link AssignmentTable} that these rows belong to. Immutable once
 * its table is built.
 */
public final class LayoutRows {
    /** No row, or no successor. */
    public static final int NONE = -1;

    /** As a successor: the owner is to let go and nobody takes over. */
    public static final int WITHDRAW = -2;

    /** No rows at all. */
    public static final LayoutRows EMPTY = new LayoutRows(0);

    private int[] owner;
    private long[] since;
    private int[] next;
    private int count;

    LayoutRows(int length) {
        owner = new int[length];
        since = new long[length];
        next = new int[length];
        Arrays.fill(owner, NONE);
        Arrays.fill(next, NONE);
    }

    /** One more than the greatest shard number that may have a row. */
    public int length() {
        return owner.length;
    }

    /** Number of rows. */
    public int count() {
        return count;
    }

    /** Dictionary index of the owner of a shard of any number, or {@link #NONE} when it has no row. */
    public int owner(int shard) {
        return shard < owner.length ? owner[shard] : NONE;
    }

    /** The generation value since which the owner has the shard; 0 when it has no row. */
    public long since(int shard) {
        return shard < since.length ? since[shard] : 0;
    }

    /** Dictionary index of the successor, {@link #NONE} or {@link #WITHDRAW}. */
    public int next(int shard) {
        return shard < next.length ? next[shard] : NONE;
    }

    LayoutRows copy() {
        LayoutRows copy = new LayoutRows(0);
        copy.owner = owner.clone();
        copy.since = since.clone();
        copy.next = next.clone();
        copy.count = count;
        return copy;
    }

    void set(int shard, int newOwner, long newSince, int newNext) {
        grow(shard + 1);
        if (owner[shard] == NONE) {
            count++;
        }
        owner[shard] = newOwner;
        since[shard] = newSince;
        next[shard] = newNext;
    }

    void setNext(int shard, int newNext) {
        next[shard] = newNext;
    }

    void clear(int shard) {
        if (owner(shard) != NONE) {
            owner[shard] = NONE;
            since[shard] = 0;
            next[shard] = NONE;
            count--;
        }
    }

    /** Gives back what growing reserved beyond the last row. */
    void trim() {
        int length = owner.length;
        while (length > 0 && owner[length - 1] == NONE) {
            length--;
        }
        if (length < owner.length) {
            owner = Arrays.copyOf(owner, length);
            since = Arrays.copyOf(since, length);
            next = Arrays.copyOf(next, length);
        }
    }

    void translate(int[] dictionary) {
        for (int i = 0; i < owner.length; i++) {
            owner[i] = owner[i] < 0 ? owner[i] : dictionary[owner[i]];
            next[i] = next[i] < 0 ? next[i] : dictionary[next[i]];
        }
    }

    void markUsed(boolean[] used) {
        for (int i = 0; i < owner.length; i++) {
            if (owner[i] >= 0) {
                used[owner[i]] = true;
            }
            if (next[i] >= 0) {
                used[next[i]] = true;
            }
        }
    }

    private void grow(int length) {
        int old = owner.length;
        if (length <= old) {
            return;
        }
        int larger = Math.max(length, Math.min(old * 2, ShardKey.MOST_SHARDS));
        owner = Arrays.copyOf(owner, larger);
        since = Arrays.copyOf(since, larger);
        next = Arrays.copyOf(next, larger);
        Arrays.fill(owner, old, larger, NONE);
        Arrays.fill(next, old, larger, NONE);
    }
}
