package dev.belfry.core.ownership;

import dev.belfry.core.agent.Incarnation;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Which incarnation owns which shard. Immutable and safe to share between threads; changed through
 * {@link #toBuilder()}, which copies only the layouts it touches. Layouts are in the order of their keys, shards in
 * the order of their numbers. Two tables are equal when their rows are.
 */
public final class AssignmentTable {
    private static final AssignmentTable EMPTY = new AssignmentTable(List.of(), new TreeMap<>(), new TreeMap<>());

    private final List<Incarnation> dictionary;
    private final SortedMap<LayoutKey, LayoutRows> layouts;
    /** By {@code since}: until when the owner before may have held its lease. */
    private final SortedMap<Long, Instant> doubts;

    AssignmentTable(
            List<Incarnation> dictionary, SortedMap<LayoutKey, LayoutRows> layouts, SortedMap<Long, Instant> doubts) {
        this.dictionary = List.copyOf(dictionary);
        this.layouts = Collections.unmodifiableSortedMap(layouts);
        this.doubts = Collections.unmodifiableSortedMap(doubts);
    }

    /** By {@code since} of the rows granted after a loss, {@link Tenancy#doubt}. May hold a few of no row any more. */
    SortedMap<Long, Instant> doubts() {
        return doubts;
    }

    /** A table without rows. */
    public static AssignmentTable empty() {
        return EMPTY;
    }

    /** The layouts that have rows. */
    public SortedMap<LayoutKey, LayoutRows> layouts() {
        return layouts;
    }

    /** The incarnations that rows refer to by index. May hold a few to which no row refers any more. */
    public List<Incarnation> dictionary() {
        return dictionary;
    }

    /** The rows of a layout; {@link LayoutRows#EMPTY} when it has none. */
    public LayoutRows rows(LayoutKey key) {
        return layouts.getOrDefault(key, LayoutRows.EMPTY);
    }

    /** The row of a shard, if it has one. */
    public Optional<Tenancy> tenancy(ShardKey key) {
        return tenancy(rows(key.of()), key.shard());
    }

    /** Number of rows. */
    public long size() {
        return layouts.values().stream().mapToLong(LayoutRows::count).sum();
    }

    /** Visits every row in order. */
    public void forEach(BiConsumer<ShardKey, Tenancy> visitor) {
        layouts.forEach((key, rows) -> {
            for (int shard = 0; shard < rows.length(); shard++) {
                Optional<Tenancy> row = tenancy(rows, shard);
                if (row.isPresent()) {
                    visitor.accept(key.shard(shard), row.get());
                }
            }
        });
    }

    /** A builder that starts from this table. */
    public TableBuilder toBuilder() {
        return new TableBuilder(dictionary, layouts, doubts);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof AssignmentTable that) || !layouts.keySet().equals(that.layouts.keySet())) {
            return other == this;
        }
        return layouts.keySet().stream().allMatch(key -> sameRows(that, key));
    }

    @Override
    public int hashCode() {
        return layouts.keySet().hashCode();
    }

    @Override
    public String toString() {
        return "AssignmentTable[" + size() + " rows of " + layouts.size() + " layouts]";
    }

    private boolean sameRows(AssignmentTable that, LayoutKey key) {
        LayoutRows mine = rows(key);
        LayoutRows other = that.rows(key);
        if (mine.count() != other.count()) {
            return false;
        }
        for (int shard = 0; shard < mine.length(); shard++) {
            if (!tenancy(mine, shard).equals(that.tenancy(other, shard))) {
                return false;
            }
        }
        return true;
    }

    private Optional<Tenancy> tenancy(LayoutRows rows, int shard) {
        int owner = rows.owner(shard);
        if (owner == LayoutRows.NONE) {
            return Optional.empty();
        }
        int next = rows.next(shard);
        Successor successor = next >= 0
                ? Successor.of(dictionary.get(next))
                : next == LayoutRows.WITHDRAW ? Successor.WITHDRAW : Successor.NONE;
        long since = rows.since(shard);
        return Optional.of(new Tenancy(
                dictionary.get(owner), new Generation(since), successor, Optional.ofNullable(doubts.get(since))));
    }
}
