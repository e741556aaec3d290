package dev.belfry.core.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks a value against those parts of JSON Schema that ours uses; an unknown keyword is a mistake of ours. */
final class SchemaChecker {

    private static final Set<String> REMARKS =
            Set.of("$schema", "$defs", "title", "description", "default", "format", "type", "then");

    private final JsonNode root;
    private final List<String> failures = new ArrayList<>();

    private SchemaChecker(JsonNode root) {
        this.root = root;
    }

    static List<String> check(JsonNode schema, JsonNode value) {
        SchemaChecker checker = new SchemaChecker(schema);
        checker.check(schema, value, "");
        return checker.failures;
    }

    private void check(JsonNode schema, JsonNode value, String path) {
        if (schema.has("type") && !isOfType(schema.get("type"), value)) {
            failures.add(path + " is not " + schema.get("type"));
        }
        schema.properties().forEach(keyword -> {
            if (!REMARKS.contains(keyword.getKey())
                    && !holds(keyword.getKey(), keyword.getValue(), schema, value, path)) {
                failures.add(path + " breaks " + keyword.getKey() + " " + keyword.getValue());
            }
        });
    }

    private boolean holds(String keyword, JsonNode limit, JsonNode schema, JsonNode value, String path) {
        switch (keyword) {
            case "$ref":
                check(root.at(limit.asText().substring(1)), value, path);
                return true;
            case "anyOf":
                return stream(limit).anyMatch(each -> fits(each, value, path));
            case "allOf":
                limit.forEach(each -> check(each, value, path));
                return true;
            case "not":
                return !fits(limit, value, path);
            case "if":
                if (fits(limit, value, path)) {
                    check(schema.get("then"), value, path);
                }
                return true;
            case "patternProperties":
                limit.properties()
                        .forEach(each -> value.properties().stream()
                                .filter(entry -> matches(each.getKey(), entry.getKey()))
                                .forEach(entry ->
                                        check(each.getValue(), entry.getValue(), path + "." + entry.getKey())));
                return true;
            case "properties":
                limit.properties().forEach(each -> {
                    if (value.has(each.getKey())) {
                        check(each.getValue(), value.get(each.getKey()), path + "." + each.getKey());
                    }
                });
                return true;
            case "additionalProperties":
                value.properties().forEach(each -> {
                    if (isDeclared(schema, each.getKey())) {
                        return;
                    }
                    if (limit.isBoolean() && !limit.asBoolean()) {
                        failures.add(path + "." + each.getKey() + " is unknown");
                    } else if (limit.isObject()) {
                        check(limit, each.getValue(), path + "." + each.getKey());
                    }
                });
                return true;
            case "propertyNames":
                value.fieldNames()
                        .forEachRemaining(name -> check(limit, TextNode.valueOf(name), path + " key " + name));
                return true;
            case "items":
                value.forEach(item -> check(limit, item, path + "[]"));
                return true;
            default:
                return holdsBound(keyword, limit, value);
        }
    }

    private boolean fits(JsonNode schema, JsonNode value, String path) {
        SchemaChecker attempt = new SchemaChecker(root);
        attempt.check(schema, value, path);
        return attempt.failures.isEmpty();
    }

    private static boolean isDeclared(JsonNode schema, String name) {
        boolean byPattern =
                schema.path("patternProperties").properties().stream().anyMatch(each -> matches(each.getKey(), name));
        return byPattern || schema.path("properties").has(name);
    }

    private static boolean matches(String pattern, String name) {
        return Pattern.compile(pattern).matcher(name).find();
    }

    private static boolean holdsBound(String keyword, JsonNode limit, JsonNode value) {
        return switch (keyword) {
            case "required" -> stream(limit).allMatch(name -> value.has(name.asText()));
            case "enum" -> stream(limit).anyMatch(value::equals);
            case "const" -> limit.equals(value);
            case "pattern" -> !value.isTextual() || matches(limit.asText(), value.asText());
            case "minimum" -> !value.isNumber() || value.asDouble() >= limit.asDouble();
            case "maximum" -> !value.isNumber() || value.asDouble() <= limit.asDouble();
            case "maxLength" -> value.asText().length() <= limit.asInt();
            case "minItems", "minProperties" -> value.size() >= limit.asInt();
            case "maxItems", "maxProperties" -> value.size() <= limit.asInt();
            default -> throw new IllegalArgumentException("the checker does not know " + keyword);
        };
    }

    private static boolean isOfType(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            return stream(type).anyMatch(each -> isOfType(each, value));
        }
        return switch (type.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> throw new IllegalArgumentException("the checker does not know the type " + type);
        };
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        List<JsonNode> items = new ArrayList<>();
        array.forEach(items::add);
        return items.stream();
    }
}
