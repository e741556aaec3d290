package dev.belfry.core.job;

import java.util.List;

/**
 * Into how many shards a job is cut, and what each is told.
 *
 * @param count the number of shards, 1 to 100,000; shards are numbered from 0
 * @param parameters one text for each shard, or empty
 */
public record ShardLayout(int count, List<String> parameters) {

    /** The most shards that a job can have. */
    public static final int MOST_SHARDS = 100_000;

    /** The most shards that a queued job can have: what becomes of the shards of a run is kept in one znode. */
    public static final int MOST_QUEUED = 240;

    /** A single shard: the default. */
    public static final ShardLayout SINGLE = of(1);

    public ShardLayout {
        parameters = List.copyOf(parameters);
        if (count < 1 || count > MOST_SHARDS) {
            throw new IllegalArgumentException("a job has from 1 to 100,000 shards, not " + count);
        }
        if (!parameters.isEmpty() && parameters.size() != count) {
            throw new IllegalArgumentException(count + " shards but " + parameters.size() + " parameters");
        }
    }

    /** So many shards without parameters. */
    public static ShardLayout of(int count) {
        return new ShardLayout(count, List.of());
    }

    /** One shard for each parameter. */
    public static ShardLayout of(List<String> parameters) {
        return new ShardLayout(parameters.size(), parameters);
    }

    /**
     * What a shard is told, or empty text if it is told nothing.
     *
     * @throws IndexOutOfBoundsException if there is no such shard
     */
    public String parameter(int shard) {
        if (shard < 0 || shard >= count) {
            throw new IndexOutOfBoundsException("shard " + shard + " of " + count);
        }
        return parameters.isEmpty() ? "" : parameters.get(shard);
    }
}
