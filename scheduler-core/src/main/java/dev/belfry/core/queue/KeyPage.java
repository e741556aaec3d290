package dev.belfry.core.queue;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.List;

/**
 * Ids of runs that were submitted with an idempotency key and are settled: another submission of one of them is the same
 * run, and is not run again. One page of several.
 *
 * @param runIds in the order in which they were settled
 */
public record KeyPage(List<String> runIds) {

    public static final int SCHEMA = 1;

    /** Ids on a page, at most. */
    public static final int MOST = 250;

    public KeyPage {
        runIds = List.copyOf(runIds);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> JsonRecordWriter.texts(json, "runs", runIds));
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static KeyPage decode(String path, byte[] bytes) {
        return new KeyPage(JsonRecordReader.open(path, bytes, SCHEMA).texts("runs"));
    }
}
