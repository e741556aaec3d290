package dev.belfry.core.ownership;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What an incarnation lists as let go of. A release names the exact tenancy: a later one of the same shard is not meant.
 *
 * @param releases in the order in which they were made
 * @param settled those of {@code releases} whose layout or job has ended, and all of whose fires have an outcome: nobody
 *     has to own the shard again
 */
public record HandOver(Set<Release> releases, Set<Release> settled) {

    public static final int SCHEMA = 1;

    /** Releases listed at once; the rest waits for the next wave. */
    public static final int WAVE = 1_000;

    /** Copies; throws {@link IllegalArgumentException} if something is settled that is not released. */
    public HandOver {
        releases = Collections.unmodifiableSet(new LinkedHashSet<>(releases));
        settled = Collections.unmodifiableSet(new LinkedHashSet<>(settled));
        if (!releases.containsAll(settled)) {
            throw new IllegalArgumentException("settled but not released: " + settled);
        }
    }

    /** Releases none of which ends its layout. */
    public static HandOver of(Collection<Release> releases) {
        return new HandOver(new LinkedHashSet<>(releases), Set.of());
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
                json.writeBoolean(settled.contains(release));
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static HandOver decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        Set<Release> releases = new LinkedHashSet<>();
        Set<Release> settled = new LinkedHashSet<>();
        for (Row row : json.rows("released")) {
            try {
                ShardKey shard = new ShardKey(row.text(0), (int) row.number(1), (int) row.number(2));
                Release release = new Release(shard, new Generation(row.number(3)));
                releases.add(release);
                if (row.flag(4)) {
                    settled.add(release);
                }
            } catch (IllegalArgumentException e) {
                throw json.malformed("released", String.valueOf(e.getMessage()));
            }
        }
        return new HandOver(releases, settled);
    }
}
