package dev.belfry.core.job;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was read from one mapping: values by key, and where they stand. */
final class Values {

    private final Node.Mapping mapping;
    private final String path;
    private final Reading reading;
    private final Map<String, Object> values = new HashMap<>();
    private final Set<String> refused = new HashSet<>();

    Values(Node.Mapping mapping, String path, Reading reading) {
        this.mapping = mapping;
        this.path = path;
        this.reading = reading;
    }

    /** Reads the value of a key, if it is there. */
    <V> void read(Key<?, V> key) {
        Node node = mapping.get(key.name());
        if (node == null) {
            return;
        }
        int before = reading.found();
        V value = key.shape().read(node, Paths.key(path, key.name()), reading);
        if (value != null) {
            values.put(key.name(), value);
        }
        if (value == null || reading.found() > before) {
            refused.add(key.name());
        }
    }

    /** The value, or the key's default. The key must have one or be required. */
    <V> V get(Key<?, V> key) {
        return Objects.requireNonNull(find(key), key.name());
    }

    /** The value, or the key's default, or null. */
    @SuppressWarnings("unchecked") // read() puts under a key's name what that key's shape has read
    <V> @Nullable V find(Key<?, V> key) {
        Object value = values.get(key.name());
        return value == null ? key.fallback() : (V) value;
    }

    /** Whether the key is written, be its value right or wrong. */
    boolean has(Key<?, ?> key) {
        return mapping.get(key.name()) != null;
    }

    /** Whether the key is missing or its value right: only then does a rule that looks at it make sense. */
    boolean sound(Key<?, ?>... keys) {
        for (Key<?, ?> key : keys) {
            if (refused.contains(key.name())) {
                return false;
            }
        }
        return true;
    }

    /** The value of a key as it was written, or null; further keys lead into mappings. */
    @Nullable
    Node node(Key<?, ?>... keys) {
        Node node = mapping;
        for (Key<?, ?> key : keys) {
            node = node instanceof Node.Mapping inner ? inner.get(key.name()) : null;
        }
        return node;
    }

    /** Reports an error at the value of a key, or at the mapping if the key is missing; further keys lead into mappings. */
    void report(Complaint complaint, Key<?, ?>... keys) {
        Node node = node(keys);
        String at = path;
        for (Key<?, ?> key : keys) {
            at = Paths.key(at, key.name());
        }
        reading.report(node == null ? mapping.at() : node.at(), at, complaint);
    }

    Node.Mapping mapping() {
        return mapping;
    }

    String path() {
        return path;
    }

    Reading reading() {
        return reading;
    }
}
