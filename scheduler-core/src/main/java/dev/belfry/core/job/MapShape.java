package dev.belfry.core.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Values of one shape under names that the user chooses; kept in the order of the names. */
final class MapShape<V> implements Shape<Map<String, V>> {

    private final Pattern names;
    private final String nameWords;
    private final Shape<V> value;
    private final String words;
    private final int most;

    MapShape(Pattern names, String nameWords, Shape<V> value, String words, int most) {
        this.names = names;
        this.nameWords = nameWords;
        this.value = value;
        this.words = words;
        this.most = most;
    }

    @Override
    public @Nullable Map<String, V> read(Node node, String path, Reading reading) {
        if (!(node instanceof Node.Mapping mapping)) {
            Shape.refuseKind(node, path, reading, words);
            return null;
        }
        int before = reading.found();
        if (mapping.entries().size() > most) {
            reading.report(
                    node.at(),
                    path,
                    Complaint.of(String.format(
                                    Locale.ROOT,
                                    "has %,d keys",
                                    mapping.entries().size()))
                            .expecting("at most " + most));
            return null;
        }
        Map<String, V> values = new TreeMap<>();
        for (Node.Entry entry : mapping.entries()) {
            String entryPath = Paths.key(path, entry.key());
            if (!names.matcher(entry.key()).matches()) {
                reading.report(
                        entry.at(),
                        entryPath,
                        Complaint.of("the key is " + Complaint.quote(entry.key()))
                                .expecting(nameWords));
            }
            V each = value.read(entry.value(), entryPath, reading);
            if (each != null) {
                values.put(entry.key(), each);
            }
        }
        return reading.found() == before ? values : null;
    }

    @Override
    public Object write(Map<String, V> map, boolean defaults) {
        Map<String, Object> written = new LinkedHashMap<>();
        new TreeMap<>(map).forEach((key, each) -> written.put(key, value.write(each, defaults)));
        return written;
    }

    @Override
    public String words() {
        return words;
    }

    @Override
    public List<Form<?>> forms() {
        return value.forms();
    }

    @Override
    public Map<String, Object> schema(SchemaParts parts) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("propertyNames", Map.of("pattern", "^(?:" + names.pattern() + ")$"));
        schema.put("additionalProperties", value.schema(parts));
        schema.put("maxProperties", most);
        return schema;
    }
}
