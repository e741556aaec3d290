package dev.belfry.core.ownership;

import dev.belfry.core.agent.Incarnation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Changes an {@link AssignmentTable}. Layouts that are not touched are shared with the original. Not thread-safe. */
public final class TableBuilder {
    private static final int MANY_DOUBTS = 64;

    private final List<Incarnation> dictionary;
    private final Map<Incarnation, Integer> index = new HashMap<>();
    private final TreeMap<LayoutKey, LayoutRows> layouts;
    private final Set<LayoutKey> owned = new HashSet<>();
    private final TreeMap<Long, Instant> doubts;

    TableBuilder(
            List<Incarnation> dictionary, SortedMap<LayoutKey, LayoutRows> layouts, SortedMap<Long, Instant> doubts) {
        this.dictionary = new ArrayList<>(dictionary);
        this.layouts = new TreeMap<>(layouts);
        this.doubts = new TreeMap<>(doubts);
        for (int i = 0; i < dictionary.size(); i++) {
            index.put(dictionary.get(i), i);
        }
    }

    /**
     * Makes an incarnation the owner, with no successor.
     *
     * @throws IllegalArgumentException when the row's present {@code since} is not smaller: tokens must rise
     */
    public TableBuilder grant(ShardKey key, Incarnation owner, Generation since) {
        LayoutRows rows = writable(key.of());
        if (rows.owner(key.shard()) != LayoutRows.NONE && rows.since(key.shard()) >= since.value()) {
            throw new IllegalArgumentException(key + ": generation " + since + " is not above the row's "
                    + new Generation(rows.since(key.shard())));
        }
        rows.set(key.shard(), indexOf(owner), since.value(), LayoutRows.NONE);
        return this;
    }

    /** Says of all rows granted at {@code since} until when the owners before may have held their leases. */
    public TableBuilder doubt(Generation since, Instant until) {
        doubts.merge(since.value(), until, (a, b) -> a.isAfter(b) ? a : b);
        return this;
    }

    /**
     * Sets who is to follow the owner; {@code since} stays.
     *
     * @throws IllegalArgumentException when the shard has no row
     */
    public TableBuilder next(ShardKey key, Successor next) {
        LayoutRows rows = writable(key.of());
        if (rows.owner(key.shard()) == LayoutRows.NONE) {
            throw new IllegalArgumentException(key + " has no row, so nobody can follow its owner");
        }
        rows.setNext(key.shard(), code(next));
        return this;
    }

    /** Removes a row; does nothing when there is none. */
    public TableBuilder drop(ShardKey key) {
        if (layouts.containsKey(key.of())) {
            writable(key.of()).clear(key.shard());
        }
        return this;
    }

    /** Puts a row as it is. */
    public TableBuilder put(ShardKey key, Tenancy row) {
        putRow(key.of(), key.shard(), row);
        return this;
    }

    /** Removes every row that is stored in a bucket, before what was read from the store takes its place. */
    public TableBuilder clearBucket(int bucket) {
        for (LayoutKey key : List.copyOf(layouts.keySet())) {
            int blocks = (layouts.getOrDefault(key, LayoutRows.EMPTY).length() + Buckets.BLOCK - 1) / Buckets.BLOCK;
            for (int block = 0; block < blocks; block++) {
                if (Buckets.of(key, block) == bucket) {
                    clearBlock(key, block);
                }
            }
        }
        return this;
    }

    /** The table. The builder may be used on. */
    public AssignmentTable build() {
        for (LayoutKey key : owned) {
            LayoutRows rows = layouts.getOrDefault(key, LayoutRows.EMPTY);
            if (rows.count() == 0) {
                layouts.remove(key);
            } else {
                rows.trim();
            }
        }
        compact();
        forgetDoubts();
        owned.clear();
        return new AssignmentTable(dictionary, new TreeMap<>(layouts), new TreeMap<>(doubts));
    }

    private void putRow(LayoutKey key, int shard, Tenancy row) {
        writable(key).set(shard, indexOf(row.owner()), row.since().value(), code(row.next()));
        row.doubt().ifPresent(until -> doubt(row.since(), until));
    }

    private void clearBlock(LayoutKey key, int block) {
        LayoutRows rows = writable(key);
        int end = Math.min(rows.length(), (block + 1) * Buckets.BLOCK);
        for (int shard = block * Buckets.BLOCK; shard < end; shard++) {
            rows.clear(shard);
        }
    }

    /** Drops incarnations without rows once they are the larger part: agents come and go for years. */
    private void compact() {
        boolean[] used = new boolean[dictionary.size()];
        layouts.values().forEach(rows -> rows.markUsed(used));
        int[] translation = new int[used.length];
        List<Incarnation> kept = new ArrayList<>();
        for (int i = 0; i < used.length; i++) {
            translation[i] = kept.size();
            if (used[i]) {
                kept.add(dictionary.get(i));
            }
        }
        if (dictionary.size() <= 2 * kept.size() + 16) {
            return;
        }
        layouts.replaceAll((key, rows) -> {
            LayoutRows copy = rows.copy();
            copy.translate(translation);
            return copy;
        });
        dictionary.clear();
        dictionary.addAll(kept);
        index.clear();
        for (int i = 0; i < kept.size(); i++) {
            index.put(kept.get(i), i);
        }
    }

    /** Drops what is said of grants that no row names any more, once there are many: agents are lost for years. */
    private void forgetDoubts() {
        if (doubts.size() > MANY_DOUBTS) {
            Set<Long> named = new HashSet<>();
            layouts.values().forEach(rows -> {
                for (int shard = 0; shard < rows.length(); shard++) {
                    named.add(rows.since(shard));
                }
            });
            doubts.keySet().retainAll(named);
        }
    }

    private int code(Successor next) {
        if (next instanceof Successor.Named named) {
            return indexOf(named.incarnation());
        }
        return next.equals(Successor.WITHDRAW) ? LayoutRows.WITHDRAW : LayoutRows.NONE;
    }

    private int indexOf(Incarnation incarnation) {
        return index.computeIfAbsent(incarnation, added -> {
            dictionary.add(added);
            return dictionary.size() - 1;
        });
    }

    private LayoutRows writable(LayoutKey key) {
        LayoutRows rows = layouts.get(key);
        if (rows != null && owned.contains(key)) {
            return rows;
        }
        LayoutRows copy = rows == null ? new LayoutRows(0) : rows.copy();
        owned.add(key);
        layouts.put(key, copy);
        return copy;
    }
}
