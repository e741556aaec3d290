package dev.belfry.core.queue;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Instant;

/**
 * What a submitter says of itself, for people. The version of its znode counts its segments.
 *
 * @param by who submits
 * @param began when it took its name, by its own clock
 */
public record Submitter(String by, Instant began) {

    public static final int SCHEMA = 1;

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeStringField("by", by);
            json.writeNumberField("began", began.toEpochMilli());
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static Submitter decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        return new Submitter(json.text("by"), json.instant("began"));
    }
}
