package dev.belfry.core.ownership;

import static java.util.Objects.requireNonNull;

/**
 * An owner's statement that it has let one tenancy go for good. It says nothing of any other tenancy of the same
 * shard: {@code since} must equal the row's exactly.
 *
 * @param shard what was let go
 * @param since the tenancy
 */
public record Release(ShardKey shard, Generation since) implements Comparable<Release> {
    /** Refuses null. */
    public Release {
        requireNonNull(shard);
        requireNonNull(since);
    }

    @Override
    public int compareTo(Release other) {
        int byShard = shard.compareTo(other.shard);
        return byShard != 0 ? byShard : since.compareTo(other.since);
    }
}
