package dev.belfry.core.ledger;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.Base64;
import java.util.Optional;

/**
 * What an attempt left for the next attempt at the same fire.
 *
 * @param fire the fire
 * @param token of the attempt that left it
 * @param data at most {@link #MAX_BYTES} bytes; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, never compared
public record CheckpointRecord(FireId fire, long token, byte[] data) {

    public static final int SCHEMA = 1;
    public static final int MAX_BYTES = 16 * 1_024;

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("due", fire.due().toEpochMilli());
            json.writeStringField("requested", fire.requested().orElse(""));
            json.writeNumberField("token", token);
            json.writeBinaryField("data", data);
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static CheckpointRecord decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        String requested = json.text("requested");
        try {
            return new CheckpointRecord(
                    new FireId(json.instant("due"), requested.isEmpty() ? Optional.empty() : Optional.of(requested)),
                    json.number("token"),
                    Base64.getDecoder().decode(json.text("data")));
        } catch (IllegalArgumentException e) {
            throw json.malformed("data", "not Base64");
        }
    }
}
