package dev.belfry.bench.store;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counters of a store at one instant, or what they grew by.
 *
 * @param values by name: {@code requests}, {@code reads}, {@code bytes_in} and so on
 * @param position of ZooKeeper: the last transaction; of PostgreSQL 0
 */
public record StoreCounters(SortedMap<String, Double> values, long position) {

    public StoreCounters {
        values = new TreeMap<>(values);
    }

    /** By how much these are greater than earlier ones. */
    public StoreCounters since(StoreCounters earlier) {
        SortedMap<String, Double> growth = new TreeMap<>();
        values.forEach((name, value) -> growth.put(name, value - earlier.values.getOrDefault(name, 0.0)));
        return new StoreCounters(growth, position);
    }
}
