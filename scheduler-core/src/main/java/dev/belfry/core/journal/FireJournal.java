package dev.belfry.core.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.journal.FireEntry.Kind;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.run.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The stored form of one entry of a journal, an agent's or that of the queue: the lines of one or more commits. */
public final class FireJournal {

    public static final int SCHEMA = 1;

    private static final Map<Kind, String> WORDS = new EnumMap<>(Kind.class);

    static {
        for (Kind kind : Kind.values()) {
            WORDS.put(kind, kind.name().toLowerCase(Locale.ROOT));
        }
    }

    /** What every entry begins and ends with. */
    private static final byte[] HEAD = ("{\"v\":" + SCHEMA + ",\"fires\":[").getBytes(StandardCharsets.US_ASCII);

    private static final int TAIL = "]}".length();

    private FireJournal() {}

    public static byte[] encode(List<FireEntry> lines) {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("fires");
            for (FireEntry line : lines) {
                write(json, line);
            }
            json.writeEndArray();
        });
    }

    /** The entry {@code before} with {@code lines} after its own, without writing those anew; neither may be empty. */
    public static byte[] append(byte[] before, List<FireEntry> lines) {
        byte[] added = encode(lines);
        int kept = before.length - TAIL;
        byte[] both = Arrays.copyOf(before, kept + 1 + added.length - HEAD.length);
        both[kept] = ',';
        System.arraycopy(added, HEAD.length, both, kept + 1, added.length - HEAD.length);
        return both;
    }

    private static void write(JsonGenerator json, FireEntry line) throws IOException {
        json.writeStartArray();
        json.writeString(WORDS.get(line.kind()));
        json.writeString(line.jobUid());
        json.writeNumber(line.layout());
        json.writeString(line.shard());
        json.writeNumber(line.fire().due().toEpochMilli());
        json.writeString(line.fire().requested().orElse(""));
        json.writeNumber(line.last().toEpochMilli());
        json.writeNumber(line.count());
        json.writeNumber(line.attempt());
        json.writeNumber(line.token());
        json.writeNumber(line.started().toEpochMilli());
        json.writeNumber(line.ended().toEpochMilli());
        json.writeString(line.outcome().text());
        json.writeString(line.reason());
        if (!line.incarnation().isEmpty()) {
            json.writeString(line.incarnation());
        }
        json.writeEndArray();
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static List<FireEntry> decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<FireEntry> lines = new ArrayList<>();
        for (Row row : json.rows("fires")) {
            String requested = row.text(5);
            lines.add(new FireEntry(
                    kind(json, row.text(0)),
                    row.text(1),
                    (int) row.number(2),
                    row.text(3),
                    new FireId(row.instant(4), requested.isEmpty() ? Optional.empty() : Optional.of(requested)),
                    row.instant(6),
                    row.number(7),
                    (int) row.number(8),
                    row.number(9),
                    row.instant(10),
                    row.instant(11),
                    Outcome.of(row.text(12)),
                    row.text(13),
                    row.size() > 14 ? row.text(14) : ""));
        }
        return lines;
    }

    private static Kind kind(JsonRecordReader json, String text) {
        for (Map.Entry<Kind, String> word : WORDS.entrySet()) {
            if (word.getValue().equals(text)) {
                return word.getKey();
            }
        }
        throw json.malformed("fires", "unknown kind of line '" + text + "'");
    }
}
