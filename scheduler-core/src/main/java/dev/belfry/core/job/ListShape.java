package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A list of values of one shape. */
final class ListShape<V> implements Shape<List<V>> {

    private final Shape<V> item;
    private final String words;
    private final int most;
    private final boolean keepsGood;

    private ListShape(Shape<V> item, String words, int most, boolean keepsGood) {
        this.item = item;
        this.words = words;
        this.most = most;
        this.keepsGood = keepsGood;
    }

    /** From 1 to {@code most} values; one that is wrong spoils the list. */
    static <V> ListShape<V> of(Shape<V> item, String words, int most) {
        return new ListShape<>(item, words, most, false);
    }

    /** From 1 to {@code most} values; those that are wrong are left out. */
    static <V> ListShape<V> keepingGood(Shape<V> item, String words, int most) {
        return new ListShape<>(item, words, most, true);
    }

    @Override
    public @Nullable List<V> read(Node node, String path, Reading reading) {
        if (!(node instanceof Node.Sequence sequence)) {
            Shape.refuseKind(node, path, reading, words);
            return null;
        }
        int count = sequence.items().size();
        if (count == 0 || count > most) {
            reading.report(
                    node.at(),
                    path,
                    Complaint.of(count == 0 ? "is empty" : String.format(Locale.ROOT, "has %,d values", count))
                            .expecting(String.format(Locale.ROOT, "%s, from 1 to %,d of them", words, most)));
            return null;
        }
        List<V> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            V value = item.read(sequence.items().get(i), Paths.item(path, i), reading);
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == count || keepsGood ? values : null;
    }

    @Override
    public Object write(List<V> value, boolean defaults) {
        List<Object> written = new ArrayList<>();
        value.forEach(each -> written.add(item.write(each, defaults)));
        return written;
    }

    @Override
    public String words() {
        return words;
    }

    @Override
    public List<Form<?>> forms() {
        return item.forms();
    }

    @Override
    public Map<String, Object> schema(SchemaParts parts) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "array");
        schema.put("items", item.schema(parts));
        schema.put("minItems", 1);
        schema.put("maxItems", most);
        return schema;
    }
}
