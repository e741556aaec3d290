package dev.belfry.core.ownership;

import com.google.common.hash.Hashing;
import dev.belfry.core.agent.Incarnation;
import java.nio.charset.StandardCharsets;

/** Where rows are stored: 256 buckets, fixed for the life of a namespace. */
public final class Buckets {
    /** Number of buckets. */
    public static final int COUNT = 256;

    /** Shards of one layout that are always stored together. */
    public static final int BLOCK = 1024;

    private Buckets() {}

    /** The bucket of a shard, 0 to 255: MurmurHash3 (32 bits, seed 0) of {@code uid/layout/block}, modulo 256. */
    public static int of(ShardKey key) {
        return of(key.of(), key.shard() / BLOCK);
    }

    static int of(LayoutKey key, int block) {
        String text = key.jobUid() + "/" + key.layout() + "/" + block;
        return Hashing.murmur3_32_fixed()
                        .hashString(text, StandardCharsets.UTF_8)
                        .asInt()
                & (COUNT - 1);
    }

    /** Two bits of 64, from the hash of the incarnation's name: its share of a bucket's bloom filter. */
    static long bloomBits(Incarnation incarnation) {
        long hash = Hashing.murmur3_128()
                .hashString(incarnation.name(), StandardCharsets.UTF_8)
                .asLong();
        return 1L << (hash & 63) | 1L << (hash >>> 6 & 63);
    }
}
