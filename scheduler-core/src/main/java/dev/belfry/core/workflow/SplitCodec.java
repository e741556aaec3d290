package dev.belfry.core.workflow;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.run.Outcome;
import dev.belfry.core.value.Output;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The stored form of a {@link Split}: its head, and one record a page of at most {@link #MOST_BYTES}. JSON, schema 1. */
public final class SplitCodec {

    public static final int SCHEMA = 1;

    /** The most bytes of a page; a head takes a few hundred. */
    public static final int MOST_BYTES = 64 * 1024;

    private SplitCodec() {}

    /** The bytes of a head. */
    public static byte[] encodeHead(SplitHead head) {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeStringField("parent", head.parent());
            json.writeStringField("phase", head.phase().name().toLowerCase(Locale.ROOT));
            if (head.ending().isPresent()) {
                json.writeStringField("ending", head.ending().get().text());
            }
            if (head.codeUnderWay()) {
                json.writeBooleanField("code", true);
            }
            if (head.reduces()) {
                json.writeBooleanField("reduces", true);
            }
            json.writeNumberField("tolerated", head.policy().tolerated());
            if (head.policy().stopsEarly()) {
                json.writeBooleanField("stopsEarly", true);
            }
            json.writeNumberField("tasks", head.tasks());
            json.writeNumberField("settled", head.settled());
            json.writeNumberField("failed", head.failed());
        });
    }

    /**
     * Reads a head.
     *
     * @throws CorruptRecordException if it cannot be read
     */
    public static SplitHead decodeHead(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        try {
            return new SplitHead(
                    json.text("parent"),
                    new FailurePolicy(json.integer("tolerated"), json.flag("stopsEarly")),
                    SplitPhase.valueOf(json.text("phase").toUpperCase(Locale.ROOT)),
                    json.optionalText("ending").map(Outcome::of),
                    json.flag("code"),
                    json.flag("reduces"),
                    json.integer("tasks"),
                    json.integer("settled"),
                    json.integer("failed"));
        } catch (IllegalArgumentException e) {
            throw json.malformed("phase", String.valueOf(e.getMessage()));
        }
    }

    /** The bytes of a page. A row: name, digest; then, once it is final, outcome; then its output as JSON text, if it has one. */
    public static byte[] encodePage(SplitPage page) {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("page", page.number());
            json.writeArrayFieldStart("rows");
            for (SplitPage.Row row : page.rows()) {
                writeRow(json, row);
            }
            json.writeEndArray();
        });
    }

    private static void writeRow(JsonGenerator json, SplitPage.Row row) throws IOException {
        json.writeStartArray();
        json.writeString(row.name());
        json.writeNumber(row.digest());
        if (row.outcome().isPresent()) {
            json.writeString(row.outcome().get().text());
        }
        if (row.output().isPresent()) {
            json.writeString(row.output().get().json());
        }
        json.writeEndArray();
    }

    /**
     * Reads a page.
     *
     * @throws CorruptRecordException if it cannot be read
     */
    public static SplitPage decodePage(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<SplitPage.Row> rows = new ArrayList<>();
        try {
            json.rows("rows").forEach(row -> rows.add(row(row)));
            return new SplitPage(json.integer("page"), rows);
        } catch (IllegalArgumentException e) {
            throw json.malformed("rows", String.valueOf(e.getMessage()));
        }
    }

    private static SplitPage.Row row(Row row) {
        return new SplitPage.Row(
                row.text(0),
                (int) row.number(1),
                row.size() > 2 ? Optional.of(Outcome.of(row.text(2))) : Optional.empty(),
                row.size() > 3 ? Optional.of(Output.of(row.text(3))) : Optional.empty());
    }
}
