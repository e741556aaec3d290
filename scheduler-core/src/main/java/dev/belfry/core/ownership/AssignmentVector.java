package dev.belfry.core.ownership;

import dev.belfry.core.agent.Incarnation;
import dev.belfry.core.record.RecordReader;
import dev.belfry.core.record.RecordWriter;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The root record of the assignment table: for each bucket its generation and a 64-bit bloom filter of the owners and
 * successors in it, so that an agent reads only what concerns it. Immutable.
 *
 * <p>Stored as: schema byte 1; number of buckets; per bucket its generation (varint) and its filter (8 bytes).
 */
public final class AssignmentVector {
    /** The newest schema written and read. */
    public static final int SCHEMA = 1;

    private static final AssignmentVector INITIAL =
            new AssignmentVector(new long[Buckets.COUNT], new long[Buckets.COUNT]);

    private final long[] generations;
    private final long[] blooms;

    private AssignmentVector(long[] generations, long[] blooms) {
        this.generations = generations;
        this.blooms = blooms;
    }

    /** The vector before anything was assigned: generation 0 everywhere, naming nobody. */
    public static AssignmentVector initial() {
        return INITIAL;
    }

    /** The generation in which a bucket was last written; 0 for never. */
    public Generation generation(int bucket) {
        return new Generation(generations[bucket]);
    }

    /** Whether a bucket may name this incarnation as owner or successor. May err by saying yes, never by saying no. */
    public boolean mayName(int bucket, Incarnation incarnation) {
        long bits = Buckets.bloomBits(incarnation);
        return (blooms[bucket] & bits) == bits;
    }

    /** The buckets that may name this incarnation. */
    public SortedSet<Integer> mayName(Incarnation incarnation) {
        SortedSet<Integer> buckets = new TreeSet<>();
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            if (mayName(bucket, incarnation)) {
                buckets.add(bucket);
            }
        }
        return Collections.unmodifiableSortedSet(buckets);
    }

    /** The buckets whose generation differs from that in an earlier vector. */
    public SortedSet<Integer> changedSince(AssignmentVector earlier) {
        SortedSet<Integer> buckets = new TreeSet<>();
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            if (generations[bucket] != earlier.generations[bucket]) {
                buckets.add(bucket);
            }
        }
        return Collections.unmodifiableSortedSet(buckets);
    }

    /** This vector after some buckets were written with the rows they have in {@code table}. */
    public AssignmentVector with(AssignmentTable table, Collection<Integer> written, Generation generation) {
        long[] newGenerations = generations.clone();
        long[] newBlooms = blooms.clone();
        boolean[] refresh = new boolean[Buckets.COUNT];
        for (int bucket : written) {
            newGenerations[bucket] = generation.value();
            newBlooms[bucket] = 0;
            refresh[bucket] = true;
        }
        long[] bits = table.dictionary().stream().mapToLong(Buckets::bloomBits).toArray();
        table.layouts().forEach((key, rows) -> {
            for (int from = 0; from < rows.length(); from += Buckets.BLOCK) {
                int bucket = Buckets.of(key, from / Buckets.BLOCK);
                if (refresh[bucket]) {
                    newBlooms[bucket] |= bloom(rows, from, bits);
                }
            }
        });
        return new AssignmentVector(newGenerations, newBlooms);
    }

    /** The stored form. */
    public byte[] encode() {
        RecordWriter out = new RecordWriter().u8(SCHEMA).varint(Buckets.COUNT);
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            out.varint(generations[bucket]).fixed64(blooms[bucket]);
        }
        return out.toByteArray();
    }

    /**
     * Reads the stored form.
     *
     * @throws dev.belfry.core.record.CorruptRecordException when the bytes cannot be read
     */
    public static AssignmentVector decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes, "assignment vector");
        in.schema(SCHEMA);
        long count = in.varint();
        if (count != Buckets.COUNT) {
            throw in.corrupt("it has " + count + " buckets, expected " + Buckets.COUNT);
        }
        AssignmentVector vector = new AssignmentVector(new long[Buckets.COUNT], new long[Buckets.COUNT]);
        for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
            vector.generations[bucket] = in.varint();
            vector.blooms[bucket] = in.fixed64();
        }
        in.end();
        return vector;
    }

    private static long bloom(LayoutRows rows, int from, long[] bits) {
        long bloom = 0;
        int to = Math.min(rows.length(), from + Buckets.BLOCK);
        for (int shard = from; shard < to; shard++) {
            if (rows.owner(shard) >= 0) {
                bloom |= bits[rows.owner(shard)];
                bloom |= rows.next(shard) >= 0 ? bits[rows.next(shard)] : 0;
            }
        }
        return bloom;
    }
}
