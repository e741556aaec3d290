package dev.belfry.core.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the JSON of one stored record strictly, with errors that name the record and the field.
 *
 * <p>Instants are stored as milliseconds since the epoch. Not thread-safe; make one per record.
 */
public final class JsonRecordReader {

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(50)
                            .maxStringLength(1 << 20)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String where;
    private final JsonNode node;

    private JsonRecordReader(String where, JsonNode node) {
        this.where = where;
        this.node = node;
    }

    /**
     * Opens the record stored at {@code where}, whose field {@code v} holds its schema.
     *
     * @throws CorruptRecordException if it is not a JSON object or of a schema above {@code readable}
     */
    public static JsonRecordReader open(String where, byte[] bytes, int readable) {
        JsonNode tree;
        try {
            tree = JSON.readTree(bytes);
        } catch (IOException e) {
            throw CorruptRecordException.malformed(where, "not JSON (" + firstLine(e) + ")");
        }
        if (tree == null || !tree.isObject()) {
            throw CorruptRecordException.malformed(where, "not a JSON object (" + bytes.length + " bytes)");
        }
        JsonRecordReader reader = new JsonRecordReader(where, tree);
        long schema = reader.number("v");
        if (schema < 1) {
            throw reader.malformed("v", "not a schema: " + schema);
        }
        if (schema > readable) {
            throw CorruptRecordException.newer(where, schema, readable);
        }
        return reader;
    }

    /** Why a text is not one value in JSON; empty if it is. */
    public static Optional<String> problem(byte[] text) {
        try {
            JsonNode tree = JSON.readTree(text);
            return tree == null || tree.isMissingNode() ? Optional.of("it is empty") : Optional.empty();
        } catch (IOException e) {
            return Optional.of(firstLine(e));
        }
    }

    private static String firstLine(IOException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    /** An error about the field {@code field}. */
    public CorruptRecordException malformed(String field, String why) {
        return CorruptRecordException.malformed(where, "field '" + field + "': " + why);
    }

    private JsonNode required(String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            throw malformed(field, "missing");
        }
        return value;
    }

    public boolean has(String field) {
        return node.hasNonNull(field);
    }

    public String text(String field) {
        JsonNode value = required(field);
        if (!value.isTextual()) {
            throw malformed(field, "expected text");
        }
        return value.textValue();
    }

    public Optional<String> optionalText(String field) {
        return has(field) ? Optional.of(text(field)) : Optional.empty();
    }

    public long number(String field) {
        JsonNode value = required(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw malformed(field, "expected a whole number");
        }
        return value.longValue();
    }

    public int integer(String field) {
        long value = number(field);
        if (value != (int) value) {
            throw malformed(field, "out of range: " + value);
        }
        return (int) value;
    }

    public double decimal(String field) {
        JsonNode value = required(field);
        if (!value.isNumber()) {
            throw malformed(field, "expected a number");
        }
        return value.doubleValue();
    }

    public boolean flag(String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw malformed(field, "expected true or false");
        }
        return value.booleanValue();
    }

    public Instant instant(String field) {
        return toInstant(field, number(field));
    }

    public Optional<Instant> optionalInstant(String field) {
        return has(field) ? Optional.of(instant(field)) : Optional.empty();
    }

    private Instant toInstant(String field, long millis) {
        try {
            return Instant.ofEpochMilli(millis);
        } catch (DateTimeException e) {
            throw malformed(field, "not an instant: " + millis);
        }
    }

    /** The object in {@code field}, with errors that name the way to it. */
    public JsonRecordReader object(String field) {
        JsonNode value = required(field);
        if (!value.isObject()) {
            throw malformed(field, "expected an object");
        }
        return new JsonRecordReader(where + " '" + field + "'", value);
    }

    /** The objects in the array {@code field}; none if it is missing. */
    public List<JsonRecordReader> objects(String field) {
        List<JsonRecordReader> objects = new ArrayList<>();
        int i = 0;
        for (JsonNode element : array(field)) {
            if (!element.isObject()) {
                throw malformed(field, "expected objects");
            }
            objects.add(new JsonRecordReader(where + " '" + field + "[" + i++ + "]'", element));
        }
        return objects;
    }

    /** The texts in the array {@code field}; none if it is missing. */
    public List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array(field)) {
            if (!element.isTextual()) {
                throw malformed(field, "expected texts");
            }
            texts.add(element.textValue());
        }
        return Collections.unmodifiableList(texts);
    }

    /** The texts of the object {@code field} by name, sorted; none if it is missing. */
    public Map<String, String> textMap(String field) {
        Map<String, String> texts = new TreeMap<>();
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return texts;
        }
        if (!value.isObject()) {
            throw malformed(field, "expected an object");
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            if (!entry.getValue().isTextual()) {
                throw malformed(field, "expected text for '" + entry.getKey() + "'");
            }
            texts.put(entry.getKey(), entry.getValue().textValue());
        }
        return texts;
    }

    /** The rows of the array of arrays {@code field}; none if it is missing. */
    public List<Row> rows(String field) {
        List<Row> rows = new ArrayList<>();
        for (JsonNode element : array(field)) {
            if (!element.isArray()) {
                throw malformed(field, "expected arrays");
            }
            rows.add(new Row(this, field, element));
        }
        return rows;
    }

    /** The single array in {@code field}. */
    public Row row(String field) {
        JsonNode value = required(field);
        if (!value.isArray()) {
            throw malformed(field, "expected an array");
        }
        return new Row(this, field, value);
    }

    private Iterable<JsonNode> array(String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw malformed(field, "expected an array");
        }
        return value;
    }

    /** The raw JSON of {@code field}. */
    public String json(String field) {
        return required(field).toString();
    }

    /** One array of mixed values, read by position. */
    public static final class Row {
        private final JsonRecordReader reader;
        private final String field;
        private final JsonNode row;

        private Row(JsonRecordReader reader, String field, JsonNode row) {
            this.reader = reader;
            this.field = field;
            this.row = row;
        }

        public int size() {
            return row.size();
        }

        public String text(int i) {
            JsonNode value = at(i);
            if (!value.isTextual()) {
                throw reader.malformed(field, "expected text at " + i);
            }
            return value.textValue();
        }

        public long number(int i) {
            JsonNode value = at(i);
            if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                throw reader.malformed(field, "expected a whole number at " + i);
            }
            return value.longValue();
        }

        public Instant instant(int i) {
            return reader.toInstant(field, number(i));
        }

        public boolean flag(int i) {
            JsonNode value = at(i);
            if (!value.isBoolean()) {
                throw reader.malformed(field, "expected true or false at " + i);
            }
            return value.booleanValue();
        }

        private JsonNode at(int i) {
            JsonNode value = row.get(i);
            if (value == null) {
                throw reader.malformed(field, "too short: nothing at " + i);
            }
            return value;
        }
    }
}
