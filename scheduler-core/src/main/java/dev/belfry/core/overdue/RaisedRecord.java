package dev.belfry.core.overdue;

import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The fires of the jobs of one bucket of which an event was raised and that are not known to be settled: what keeps a fire
 * from being told of twice, by whichever master. Immutable.
 *
 * @param layouts by layout: the stretches raised, ascending
 * @param writes of each term that has written the record, the events by which it did, newest last; at most {@link
 *     #MOST_WRITES}
 */
public record RaisedRecord(SortedMap<LayoutKey, List<Stretch>> layouts, List<String> writes) {

    public static final int SCHEMA = 1;
    /** Stretches of all layouts together; what is beyond has to wait until some are settled. */
    public static final int MOST_STRETCHES = 300;
    /** Events remembered by name, so that a write of unknown result can be recognised. */
    public static final int MOST_WRITES = 20;

    public static final RaisedRecord NONE = new RaisedRecord(Collections.emptySortedMap(), List.of());

    public RaisedRecord {
        SortedMap<LayoutKey, List<Stretch>> copy = new TreeMap<>();
        layouts.forEach((layout, stretches) -> {
            if (!stretches.isEmpty()) {
                copy.put(layout, List.copyOf(stretches));
            }
        });
        layouts = Collections.unmodifiableSortedMap(copy);
        writes = List.copyOf(writes.subList(Math.max(0, writes.size() - MOST_WRITES), writes.size()));
    }

    /** What was raised of a layout. */
    public List<Stretch> of(LayoutKey layout) {
        return layouts.getOrDefault(layout, List.of());
    }

    /** The same with these stretches for a layout, written for the event with this id. */
    public RaisedRecord with(LayoutKey layout, List<Stretch> stretches, String event) {
        SortedMap<LayoutKey, List<Stretch>> changed = new TreeMap<>(layouts);
        changed.put(layout, stretches);
        List<String> named = new ArrayList<>(writes);
        named.add(event);
        return new RaisedRecord(changed, named);
    }

    /** The same with these stretches for a layout. */
    public RaisedRecord with(LayoutKey layout, List<Stretch> stretches) {
        SortedMap<LayoutKey, List<Stretch>> changed = new TreeMap<>(layouts);
        changed.put(layout, stretches);
        return new RaisedRecord(changed, writes);
    }

    /** Whether it holds more than it may. */
    public boolean overfull() {
        return layouts.values().stream().mapToInt(List::size).sum() > MOST_STRETCHES;
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("raised");
            for (Map.Entry<LayoutKey, List<Stretch>> layout : layouts.entrySet()) {
                for (Stretch stretch : layout.getValue()) {
                    json.writeStartArray();
                    json.writeString(layout.getKey().jobUid());
                    json.writeNumber(layout.getKey().layout());
                    json.writeNumber(stretch.first().toEpochMilli());
                    json.writeNumber(stretch.last().toEpochMilli());
                    json.writeEndArray();
                }
            }
            json.writeEndArray();
            JsonRecordWriter.texts(json, "writes", writes);
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static RaisedRecord decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        SortedMap<LayoutKey, List<Stretch>> layouts = new TreeMap<>();
        for (Row row : json.rows("raised")) {
            Instant first = row.instant(2);
            Instant last = row.instant(3);
            if (row.number(1) < 0 || row.number(1) > Integer.MAX_VALUE || first.isAfter(last)) {
                throw json.malformed("raised", "not a stretch of a layout: " + first + " to " + last);
            }
            layouts.computeIfAbsent(new LayoutKey(row.text(0), (int) row.number(1)), key -> new ArrayList<>())
                    .add(new Stretch(first, last));
        }
        return new RaisedRecord(layouts, json.texts("writes"));
    }
}
