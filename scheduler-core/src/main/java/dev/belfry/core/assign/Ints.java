package dev.belfry.core.assign;

import java.util.Arrays;

/** A growing list of shard numbers. */
final class Ints {
    private static final int[] NOTHING = {};
    private int[] values = NOTHING;
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(8, size * 2));
        }
        values[size++] = value;
    }

    int get(int index) {
        return values[index];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
