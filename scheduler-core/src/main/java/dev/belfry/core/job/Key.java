package dev.belfry.core.job;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One key of a mapping: the single place that says what it is called, what it holds, what holds without it and what it is for.
 *
 * @param <R> the record that the mapping becomes
 * @param <V> the value of this key
 * @param name as written in definitions
 * @param get reads it back from the record; null where there is nothing to write
 * @param fallback the value where the key is missing, or null for none
 * @param required whether the mapping is refused without it
 * @param meaning one sentence for the reference
 */
record Key<R, V>(
        String name,
        Shape<V> shape,
        Function<R, @Nullable V> get,
        @Nullable V fallback,
        boolean required,
        String meaning) {

    static <R, V> Key<R, V> required(String name, Shape<V> shape, Function<R, @Nullable V> get, String meaning) {
        return new Key<>(name, shape, get, null, true, meaning);
    }

    static <R, V> Key<R, V> optional(String name, Shape<V> shape, Function<R, @Nullable V> get, String meaning) {
        return new Key<>(name, shape, get, null, false, meaning);
    }

    /** The same key, optional, with a value for where it is missing. */
    Key<R, V> defaulting(V value) {
        return new Key<>(name, shape, get, value, false, meaning);
    }
}
