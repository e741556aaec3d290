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
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The fires, and the runs that were asked for, of the jobs of one bucket of which an event was raised and that are not known
 * to be settled: what keeps a fire from being told of twice, by whichever master. Immutable.
 *
 * @param layouts by layout: the stretches raised, ascending
 * @param runs by layout: the ids of the runs raised, in order
 * @param causes by layout: why these are overdue, as far as it was told
 * @param writes of each term that has written the record, the events by which it did, newest last; at most {@link
 *     #MOST_WRITES}
 */
public record RaisedRecord(
        SortedMap<LayoutKey, List<Stretch>> layouts,
        SortedMap<LayoutKey, List<String>> runs,
        SortedMap<LayoutKey, Cause> causes,
        List<String> writes) {

    public static final int SCHEMA = 1;
    /** Stretches and runs of all layouts together; what is beyond has to wait until some are settled. */
    public static final int MOST_STRETCHES = 300;
    /** Events remembered by name, so that a write of unknown result can be recognised. */
    public static final int MOST_WRITES = 20;

    public static final RaisedRecord NONE = new RaisedRecord(
            Collections.emptySortedMap(), Collections.emptySortedMap(), Collections.emptySortedMap(), List.of());

    public RaisedRecord {
        layouts = copied(layouts);
        runs = copied(runs);
        causes = Collections.unmodifiableSortedMap(new TreeMap<>(causes));
        writes = List.copyOf(writes.subList(Math.max(0, writes.size() - MOST_WRITES), writes.size()));
    }

    private static <T> SortedMap<LayoutKey, List<T>> copied(SortedMap<LayoutKey, List<T>> lists) {
        SortedMap<LayoutKey, List<T>> copy = new TreeMap<>();
        lists.forEach((layout, list) -> {
            if (!list.isEmpty()) {
                copy.put(layout, List.copyOf(list));
            }
        });
        return Collections.unmodifiableSortedMap(copy);
    }

    /** The runs raised of a layout. */
    public List<String> runsOf(LayoutKey layout) {
        return runs.getOrDefault(layout, List.of());
    }

    /** What was raised of a layout. */
    public List<Stretch> of(LayoutKey layout) {
        return layouts.getOrDefault(layout, List.of());
    }

    /** The same with these stretches for a layout, written for the event with this id. */
    public RaisedRecord with(LayoutKey layout, List<Stretch> stretches, String event) {
        return with(layout, stretches).writtenFor(event);
    }

    /** The same, written for the event with this id. */
    public RaisedRecord writtenFor(String event) {
        List<String> named = new ArrayList<>(writes);
        named.add(event);
        return new RaisedRecord(layouts, runs, causes, named);
    }

    /** The same with these runs for a layout. */
    public RaisedRecord withRuns(LayoutKey layout, List<String> ids) {
        SortedMap<LayoutKey, List<String>> changed = new TreeMap<>(runs);
        changed.put(layout, ids);
        return new RaisedRecord(layouts, changed, causes, writes);
    }

    /** The same with these stretches for a layout. */
    public RaisedRecord with(LayoutKey layout, List<Stretch> stretches) {
        SortedMap<LayoutKey, List<Stretch>> changed = new TreeMap<>(layouts);
        changed.put(layout, stretches);
        return new RaisedRecord(changed, runs, causes, writes);
    }

    /** Why fires of a layout are overdue, if somebody was told. */
    public Optional<Cause> causeOf(LayoutKey layout) {
        return Optional.ofNullable(causes.get(layout));
    }

    /** The same with this cause for a layout, or none. */
    public RaisedRecord withCause(LayoutKey layout, Optional<Cause> cause) {
        SortedMap<LayoutKey, Cause> changed = new TreeMap<>(causes);
        cause.ifPresentOrElse(known -> changed.put(layout, known), () -> changed.remove(layout));
        return new RaisedRecord(layouts, runs, changed, writes);
    }

    /** Whether it holds more than it may. */
    public boolean overfull() {
        return java.util.stream.Stream.concat(layouts.values().stream(), runs.values().stream())
                        .mapToInt(List::size)
                        .sum()
                > MOST_STRETCHES;
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
            if (!runs.isEmpty()) {
                json.writeArrayFieldStart("runs");
                for (Map.Entry<LayoutKey, List<String>> layout : runs.entrySet()) {
                    for (String run : layout.getValue()) {
                        json.writeStartArray();
                        json.writeString(layout.getKey().jobUid());
                        json.writeNumber(layout.getKey().layout());
                        json.writeString(run);
                        json.writeEndArray();
                    }
                }
                json.writeEndArray();
            }
            if (!causes.isEmpty()) {
                json.writeArrayFieldStart("causes");
                for (Map.Entry<LayoutKey, Cause> layout : causes.entrySet()) {
                    Cause cause = layout.getValue();
                    json.writeStartArray();
                    json.writeString(layout.getKey().jobUid());
                    json.writeNumber(layout.getKey().layout());
                    json.writeNumber(cause.first().toEpochMilli());
                    json.writeNumber(cause.last().toEpochMilli());
                    json.writeNumber(cause.fires());
                    json.writeNumber(cause.told().toEpochMilli());
                    json.writeNumber(cause.reminders());
                    json.writeString(String.join("\n", cause.reasons()));
                    json.writeEndArray();
                }
                json.writeEndArray();
            }
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
            if (first.isAfter(last)) {
                throw json.malformed("raised", "not a stretch of a layout: " + first + " to " + last);
            }
            layouts.computeIfAbsent(layout(json, row), key -> new ArrayList<>()).add(new Stretch(first, last));
        }
        SortedMap<LayoutKey, List<String>> runs = new TreeMap<>();
        for (Row row : json.rows("runs")) {
            runs.computeIfAbsent(layout(json, row), key -> new ArrayList<>()).add(row.text(2));
        }
        SortedMap<LayoutKey, Cause> causes = new TreeMap<>();
        for (Row row : json.rows("causes")) {
            causes.put(layout(json, row), cause(json, row));
        }
        return new RaisedRecord(layouts, runs, causes, json.texts("writes"));
    }

    private static Cause cause(JsonRecordReader json, Row row) {
        String reasons = row.text(7);
        try {
            return new Cause(
                    reasons.isEmpty() ? List.of() : List.of(reasons.split("\n")),
                    row.instant(2),
                    row.instant(3),
                    row.number(4),
                    row.instant(5),
                    (int) row.number(6));
        } catch (IllegalArgumentException e) {
            throw json.malformed("causes", String.valueOf(e.getMessage()));
        }
    }

    private static LayoutKey layout(JsonRecordReader json, Row row) {
        if (row.number(1) < 0 || row.number(1) > Integer.MAX_VALUE) {
            throw json.malformed("raised", "not a layout: " + row.number(1));
        }
        return new LayoutKey(row.text(0), (int) row.number(1));
    }
}
