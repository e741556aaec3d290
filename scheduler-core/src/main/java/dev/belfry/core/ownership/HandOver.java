package dev.belfry.core.ownership;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What an incarnation lists as let go of. A release names the exact tenancy: a later one of the same shard is not meant.
 *
 * @param releases in the order in which they were made
 */
public record HandOver(Set<Release> releases) {

    public static final int SCHEMA = 1;

    /** Releases listed at once; the rest waits for the next wave. */
    public static final int WAVE = 1_000;

    public HandOver {
        releases = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(releases));
    }

    public static HandOver of(Collection<Release> releases) {
        return new HandOver(new LinkedHashSet<>(releases));
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("released");
            for (Release release : releases) {
                json.writeStartArray();
                json.writeString(release.shard().jobUid());
                json.writeNumber(release.shard().layout());
                json.writeNumber(release.shard().shard());
                json.writeNumber(release.since().value());
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static HandOver decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<Release> releases = new ArrayList<>();
        for (Row row : json.rows("released")) {
            try {
                ShardKey shard = new ShardKey(row.text(0), (int) row.number(1), (int) row.number(2));
                releases.add(new Release(shard, new Generation(row.number(3))));
            } catch (IllegalArgumentException e) {
                throw json.malformed("released", String.valueOf(e.getMessage()));
            }
        }
        return of(releases);
    }
}
