package dev.belfry.core.job;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The named parts of a JSON Schema, each described once and referred to by name. */
final class SchemaParts {

    private final Map<String, Object> parts = new TreeMap<>();

    Map<String, Object> reference(String name, Supplier<Map<String, Object>> schema) {
        if (!parts.containsKey(name)) {
            parts.put(name, Map.of());
            parts.put(name, schema.get());
        }
        return Map.of("$ref", "#/$defs/" + name);
    }

    Map<String, Object> all() {
        return parts;
    }
}
