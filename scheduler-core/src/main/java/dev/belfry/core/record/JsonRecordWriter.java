package dev.belfry.core.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Writes the JSON of one stored record. */
public final class JsonRecordWriter {

    private static final JsonFactory JSON = new JsonFactory();

    /** The body of a record. */
    public interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private JsonRecordWriter() {}

    /** The bytes of an object with the schema in {@code v} and the fields that {@code body} writes. */
    public static byte[] write(int schema, Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("v", schema);
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    /** Writes an object of texts, in the order of the map; nothing if it is empty. */
    public static void textMap(JsonGenerator json, String field, Map<String, String> texts) throws IOException {
        if (texts.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart(field);
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    /** Writes an array of texts; nothing if it is empty. */
    public static void texts(JsonGenerator json, String field, Iterable<String> texts) throws IOException {
        if (!texts.iterator().hasNext()) {
            return;
        }
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
