package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with known keys that becomes a record. Its table of keys is all there is: reading, writing, the schema, the
 * reference and the hints for misspelt keys follow from it.
 */
final class Form<R> implements Shape<R> {

    private final String name;
    private final List<Key<R, ?>> keys;
    private final Consumer<Values> rules;
    private final Function<Values, @Nullable R> make;
    private final Function<SchemaParts, List<Object>> conditions;

    /**
     * @param name what the mapping is called in the schema and the reference
     * @param rules checks that look at several keys; they report what they find
     * @param make the record, called only if nothing was wrong
     */
    Form(String name, List<Key<R, ?>> keys, Consumer<Values> rules, Function<Values, @Nullable R> make) {
        this(name, keys, rules, make, parts -> List.of());
    }

    /** @param conditions what else the schema says: what holds only for some values of some keys */
    Form(
            String name,
            List<Key<R, ?>> keys,
            Consumer<Values> rules,
            Function<Values, @Nullable R> make,
            Function<SchemaParts, List<Object>> conditions) {
        this.name = name;
        this.keys = List.copyOf(keys);
        this.rules = rules;
        this.make = make;
        this.conditions = conditions;
    }

    String name() {
        return name;
    }

    List<Key<R, ?>> keys() {
        return keys;
    }

    @Override
    public @Nullable R read(Node node, String path, Reading reading) {
        int before = reading.found();
        Values values = values(node, path, reading);
        if (values == null || reading.found() > before) {
            return null;
        }
        return make.apply(values);
    }

    /** Reads every key for itself; null only if the node is no mapping at all. */
    @Nullable
    Values values(Node node, String path, Reading reading) {
        if (!(node instanceof Node.Mapping mapping)) {
            Shape.refuseKind(node, path, reading, words());
            return null;
        }
        Values values = new Values(mapping, path, reading);
        for (Node.Entry entry : mapping.entries()) {
            if (keys.stream().noneMatch(key -> key.name().equals(entry.key()))) {
                reading.report(entry.at(), Paths.key(path, entry.key()), unknown(entry.key()));
            }
        }
        for (Key<R, ?> key : keys) {
            values.read(key);
            if (key.required() && mapping.get(key.name()) == null) {
                reading.report(
                        mapping.at(),
                        path,
                        Complaint.of(key.name() + " is missing")
                                .expecting(key.shape().words()));
            }
        }
        rules.accept(values);
        return values;
    }

    private Complaint unknown(String word) {
        Complaint complaint = Complaint.of("unknown key").expecting("one of " + names());
        Optional<String> nested = homeOf(word);
        return nested.isPresent() && !names().contains(word)
                ? complaint.hinting("did you mean " + nested.get() + "?")
                : complaint.nearest(word, keyNames());
    }

    /** Where a key that stands one or two levels too high belongs. */
    private Optional<String> homeOf(String word) {
        for (Key<R, ?> key : keys) {
            for (Form<?> form : key.shape().forms()) {
                if (form.keyNames().contains(word)) {
                    return Optional.of(key.name() + "." + word);
                }
                Optional<String> deeper = form.keyNames().isEmpty() ? Optional.empty() : form.homeOf(word);
                if (deeper.isPresent()) {
                    return Optional.of(key.name() + "." + deeper.get());
                }
            }
        }
        return Optional.empty();
    }

    private List<String> keyNames() {
        return keys.stream().map(Key::name).toList();
    }

    private String names() {
        return String.join(", ", keyNames());
    }

    @Override
    public Object write(R value, boolean defaults) {
        Map<String, Object> written = new LinkedHashMap<>();
        for (Key<R, ?> key : keys) {
            writeKey(key, value, defaults, written);
        }
        return written;
    }

    private static <R, V> void writeKey(Key<R, V> key, R value, boolean defaults, Map<String, Object> written) {
        V found = key.get().apply(value);
        if (found != null && (defaults || !Objects.equals(found, key.fallback()))) {
            written.put(key.name(), key.shape().write(found, defaults));
        }
    }

    @Override
    public String words() {
        return "a mapping with the keys " + names();
    }

    @Override
    public List<Form<?>> forms() {
        return List.of(this);
    }

    @Override
    public Map<String, Object> schema(SchemaParts parts) {
        return parts.reference(name, () -> {
            Map<String, Object> properties = new LinkedHashMap<>();
            List<String> needed = new ArrayList<>();
            for (Key<R, ?> key : keys) {
                properties.put(key.name(), describe(key, parts));
                if (key.required()) {
                    needed.add(key.name());
                }
            }
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("type", "object");
            schema.put("properties", properties);
            if (!needed.isEmpty()) {
                schema.put("required", needed);
            }
            schema.put("additionalProperties", false);
            List<Object> further = conditions.apply(parts);
            if (!further.isEmpty()) {
                schema.put("allOf", further);
            }
            return schema;
        });
    }

    private static <R, V> Map<String, Object> describe(Key<R, V> key, SchemaParts parts) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("description", key.meaning());
        V fallback = key.fallback();
        if (fallback != null) {
            described.put("default", key.shape().write(fallback, false));
        }
        described.putAll(new TreeMap<>(key.shape().schema(parts)));
        return described;
    }
}
