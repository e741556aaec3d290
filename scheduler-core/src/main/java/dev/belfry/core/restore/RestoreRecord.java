package dev.belfry.core.restore;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Instant;

/**
 * A restore of the namespace, as it is kept for good: from when the copy was, and when it was put back. What happened between
 * the two is not in ZooKeeper any more, and a history database may know of it. How far the copy went is in {@link CopyPart}s.
 *
 * @param term to which the restore raised the term; no master held it
 * @param copied when the copy was begun, by the clock of the machine that took it
 * @param restored when it was put back, by the clock of the machine that did
 * @param by who did, for people: user and host
 * @param generation the greatest of the masters' journal in the copy; a change of master counts as the first of its term. 0 if
 *     there is none
 * @param parts how many {@link CopyPart}s there are, from 0
 */
public record RestoreRecord(long term, Instant copied, Instant restored, String by, long generation, int parts) {

    public static final int SCHEMA = 1;

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("term", term);
            json.writeNumberField("copied", copied.toEpochMilli());
            json.writeNumberField("restored", restored.toEpochMilli());
            json.writeStringField("by", by);
            json.writeNumberField("generation", generation);
            json.writeNumberField("parts", parts);
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static RestoreRecord decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        return new RestoreRecord(
                json.number("term"),
                json.instant("copied"),
                json.instant("restored"),
                json.text("by"),
                json.number("generation"),
                json.integer("parts"));
    }
}
