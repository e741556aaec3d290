package dev.belfry.core.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JSON Schema of a definition file, made of the same tables of keys that drive reading. Pure functions. */
public final class DefinitionSchema {

    /** Where the schema lies in the jar, for editors and other tools. */
    public static final String RESOURCE = "/dev/belfry/core/job/belfry-v1.schema.json";

    private DefinitionSchema() {}

    /** The schema, draft 2020-12, indented. It cannot express rules between keys; {@link Definitions#parse} checks these, too. */
    public static String json() {
        SchemaParts parts = new SchemaParts();
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "Belfry job definitions");
        root.putAll(FileForm.FORM.schema(parts));
        root.put("$defs", parts.all());
        return JsonText.indented(sorted(root));
    }

    /** Maps without an order of their own would make the text differ from run to run. */
    private static Object sorted(Object tree) {
        if (tree instanceof List<?> list) {
            return list.stream().map(DefinitionSchema::sorted).toList();
        }
        if (!(tree instanceof Map<?, ?> map)) {
            return tree;
        }
        Map<String, Object> copy = map instanceof LinkedHashMap ? new LinkedHashMap<>() : new TreeMap<>();
        map.forEach((key, value) -> copy.put((String) key, sorted(value)));
        return copy;
    }
}
