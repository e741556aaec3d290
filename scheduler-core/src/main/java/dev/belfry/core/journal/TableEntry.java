package dev.belfry.core.journal;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One entry of the master's journal: a change of master, or what a version of the assignment table changed.
 *
 * @param term of the master
 * @param incarnation the master
 * @param generation of the table; 0 for the change of master
 * @param at the master's wall clock
 * @param changes what changed; none for the change of master
 */
public record TableEntry(long term, String incarnation, long generation, Instant at, List<Line> changes) {

    public static final int SCHEMA = 1;

    /**
     * One shard's change.
     *
     * @param kind {@code grant}, {@code settle}, {@code offer}, {@code retract}, {@code withdraw} or {@code drop}
     * @param owner who owns it now; the owner until now for a drop
     * @param next who is to follow; empty if nobody
     * @param reason why, for people
     */
    public record Line(String kind, String jobUid, int layout, int shard, String owner, String next, String reason) {}

    public TableEntry {
        changes = List.copyOf(changes);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("term", term);
            json.writeStringField("incarnation", incarnation);
            json.writeNumberField("generation", generation);
            json.writeNumberField("at", at.toEpochMilli());
            json.writeArrayFieldStart("changes");
            for (Line line : changes) {
                json.writeStartArray();
                json.writeString(line.kind());
                json.writeString(line.jobUid());
                json.writeNumber(line.layout());
                json.writeNumber(line.shard());
                json.writeString(line.owner());
                json.writeString(line.next());
                json.writeString(line.reason());
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static TableEntry decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<Line> lines = new ArrayList<>();
        for (Row row : json.rows("changes")) {
            lines.add(new Line(
                    row.text(0),
                    row.text(1),
                    (int) row.number(2),
                    (int) row.number(3),
                    row.text(4),
                    row.text(5),
                    row.text(6)));
        }
        return new TableEntry(
                json.number("term"), json.text("incarnation"), json.number("generation"), json.instant("at"), lines);
    }
}
