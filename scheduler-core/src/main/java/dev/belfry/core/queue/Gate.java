package dev.belfry.core.queue;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;

/**
 * Whether the intake is open. Every submission checks the version of this record, which changes with nothing else: what
 * is on its way when the master closes is refused.
 *
 * @param open whether runs may be submitted
 * @param bound queued runs above which it is closed, for people
 * @param queued how many there were when it was written, for people
 */
public record Gate(boolean open, int bound, int queued) {

    public static final int SCHEMA = 1;

    /** Queued runs above which the intake is closed unless a namespace says otherwise. */
    public static final int USUAL_BOUND = 100_000;

    /** Of a namespace whose queue was never used. */
    public static final Gate FRESH = new Gate(true, USUAL_BOUND, 0);

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeBooleanField("open", open);
            json.writeNumberField("bound", bound);
            json.writeNumberField("queued", queued);
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static Gate decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        return new Gate(json.flag("open"), json.integer("bound"), json.integer("queued"));
    }
}
