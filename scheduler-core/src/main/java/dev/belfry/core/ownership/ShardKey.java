package dev.belfry.core.ownership;

import static java.util.Objects.requireNonNull;

/**
 * One shard of one layout of a job.
 *
 * @param of the layout
 * @param shard 0 to {@link #MOST_SHARDS} - 1
 */
public record ShardKey(LayoutKey of, int shard) implements Comparable<ShardKey> {
    /** The greatest number of shards that a job may have. */
    public static final int MOST_SHARDS = 1 << 20;

    /** Throws {@link IllegalArgumentException} for a shard outside the range above. */
    public ShardKey {
        requireNonNull(of);
        if (shard < 0 || shard >= MOST_SHARDS) {
            throw new IllegalArgumentException(of + ": shard must be 0 to " + (MOST_SHARDS - 1) + ": " + shard);
        }
    }

    /** The shard with this number of a job's layout. */
    public ShardKey(String jobUid, int layout, int shard) {
        this(new LayoutKey(jobUid, layout), shard);
    }

    /** The job's uid. */
    public String jobUid() {
        return of.jobUid();
    }

    /** The layout's number. */
    public int layout() {
        return of.layout();
    }

    @Override
    public int compareTo(ShardKey other) {
        int byLayout = of.compareTo(other.of);
        return byLayout != 0 ? byLayout : Integer.compare(shard, other.shard);
    }

    @Override
    public String toString() {
        return of + "/" + shard;
    }
}
