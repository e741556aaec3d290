package dev.belfry.core.ownership;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Duration;

/**
 * Who is master. The znode's version is the fence: every transaction of a master checks it.
 *
 * @param term rises with every master; generations are made of it
 * @param incarnation the master; empty before the first
 * @param longestTimeout the longest session time-out that any incarnation granted a shard has had; what a master that
 *     never saw an owner alive waits for
 */
public record Epoch(long term, String incarnation, Duration longestTimeout) {

    public static final int SCHEMA = 1;

    /** Before the first master. */
    public static final Epoch NONE = new Epoch(0, "", Duration.ZERO);

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("term", term);
            json.writeStringField("incarnation", incarnation);
            json.writeNumberField("longestTimeout", longestTimeout.toMillis());
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static Epoch decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        return new Epoch(
                json.number("term"), json.text("incarnation"), Duration.ofMillis(json.number("longestTimeout")));
    }
}
