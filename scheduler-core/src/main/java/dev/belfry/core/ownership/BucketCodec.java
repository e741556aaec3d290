package dev.belfry.core.ownership;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How one bucket of the assignment table is stored, schema 1. All numbers are varints unless said otherwise.
 *
 * <pre>
 * byte    schema, 1
 * number  generation of the bucket
 * number  of incarnations, in order; each: prefix of the agent id shared with the one before, the rest of the agent id,
 *         session id (8 bytes)
 * number  of different 'since' values, ascending; each: difference to the one before
 * number  of jobs, in order; each: prefix of the uid shared with the one before, the rest of the uid,
 *         number of blocks; each: layout, block, number of runs; each:
 *           length × 4 + (2 if a gap precedes it) + (1 if it has a successor)
 *           [gap] owner, since, [successor: 0 withdrawn, else incarnation + 1]
 * only where an owner before was lost:
 * number  of 'since' values granted after a loss, ascending; each: since, and until when the lost owner may have held its
 *         lease, in milliseconds of the epoch
 * </pre>
 *
 * A run is a stretch of shards with the same row. Equal rows give equal bytes.
 */
public final class BucketCodec {
    /** The newest schema written and read. */
    public static final int SCHEMA = 1;

    /** The greatest size of an encoded bucket. */
    public static final int MOST_BYTES = 64 * 1024;

    private BucketCodec() {}

    /**
     * Encodes some buckets of a table.
     *
     * @param generation stored with each of them
     * @throws BucketTooLargeException when one does not fit
     */
    public static SortedMap<Integer, byte[]> encode(
            AssignmentTable table, Collection<Integer> buckets, Generation generation) {
        SortedMap<Integer, byte[]> encoded = new TreeMap<>();
        blocks(table, buckets)
                .forEach((bucket, blocks) ->
                        encoded.put(bucket, new BucketWriter(table, generation).write(bucket, blocks)));
        return Collections.unmodifiableSortedMap(encoded);
    }

    /**
     * Replaces one bucket's rows in a table under construction by what was stored.
     *
     * @return the bucket's generation
     * @throws dev.belfry.core.record.CorruptRecordException when the bytes cannot be read; the builder is unchanged
     */
    public static Generation decode(int bucket, byte[] bytes, TableBuilder into) {
        return new BucketReader(bucket, bytes).read(into);
    }

    private static Map<Integer, List<Block>> blocks(AssignmentTable table, Collection<Integer> buckets) {
        SortedSet<Integer> wanted = new TreeSet<>(buckets);
        Map<Integer, List<Block>> blocks = new TreeMap<>();
        wanted.forEach(bucket -> blocks.put(bucket, new ArrayList<>()));
        table.layouts().forEach((key, rows) -> {
            for (int block = 0; block * Buckets.BLOCK < rows.length(); block++) {
                List<Block> list = blocks.get(Buckets.of(key, block));
                if (list != null) {
                    list.add(new Block(key, block, rows));
                }
            }
        });
        return blocks;
    }

    /** A block of a layout's rows. */
    record Block(LayoutKey key, int number, LayoutRows rows) {
        int from() {
            return number * Buckets.BLOCK;
        }

        int to() {
            return Math.min(rows.length(), from() + Buckets.BLOCK);
        }

        boolean isEmpty() {
            for (int shard = from(); shard < to(); shard++) {
                if (rows.owner(shard) != LayoutRows.NONE) {
                    return false;
                }
            }
            return true;
        }
    }
}
