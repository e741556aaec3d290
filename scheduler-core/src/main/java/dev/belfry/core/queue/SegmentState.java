package dev.belfry.core.queue;

import com.google.common.base.Splitter;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.run.Outcome;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What became of the tasks of a segment so far, by their numbers in it. A task that is not named is as it was
 * submitted.
 *
 * @param settled numbers of the tasks with a final outcome, by outcome; not to be changed
 * @param histories of tasks that have had attempts and are not settled
 */
public record SegmentState(Map<Outcome, BitSet> settled, Map<Integer, TaskHistory> histories) {

    public static final int SCHEMA = 1;

    /** Bytes of one history at most: names of at most 64 and 81 characters, numbers as long as their types allow. */
    static final int MOST_HISTORY_BYTES = 256;

    /** Bytes of a task that is settled at most, among {@link Segment#MOST_TASKS}. */
    private static final int MOST_SETTLED_BYTES = 4;

    /** Bytes beside those of the tasks: names of fields and outcomes. */
    private static final int FRAME_BYTES = 400;

    /** Nothing has become of any. */
    public static final SegmentState FRESH = new SegmentState(Map.of(), Map.of());

    public SegmentState {
        Map<Outcome, BitSet> copy = new EnumMap<>(Outcome.class);
        settled.forEach((outcome, tasks) -> copy.put(outcome, (BitSet) tasks.clone()));
        settled = Collections.unmodifiableMap(copy);
        histories = Collections.unmodifiableMap(new TreeMap<>(histories));
    }

    /** No less than the bytes that a state takes in which so many tasks are settled and so many others have a history. */
    static int mostBytes(int settled, int histories) {
        return FRAME_BYTES + settled * MOST_SETTLED_BYTES + histories * MOST_HISTORY_BYTES;
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            Map<String, String> ranges = new TreeMap<>();
            settled.forEach((outcome, tasks) -> ranges.put(outcome.text(), ranges(tasks)));
            JsonRecordWriter.textMap(json, "settled", ranges);
            if (histories.isEmpty()) {
                return;
            }
            json.writeArrayFieldStart("attempts");
            for (Map.Entry<Integer, TaskHistory> entry : histories.entrySet()) {
                TaskHistory history = entry.getValue();
                json.writeStartArray();
                json.writeNumber(entry.getKey());
                json.writeNumber(history.attempts());
                json.writeNumber(history.failures());
                json.writeNumber(history.lost());
                json.writeNumber(history.notBefore().toEpochMilli());
                json.writeNumber(history.first().toEpochMilli());
                json.writeString(history.agent());
                json.writeBoolean(history.inDoubt());
                json.writeString(history.checkpoint().map(OutboxItem::text).orElse(""));
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    private static String ranges(BitSet tasks) {
        StringBuilder text = new StringBuilder();
        for (int from = tasks.nextSetBit(0); from >= 0; ) {
            int to = tasks.nextClearBit(from) - 1;
            text.append(text.isEmpty() ? "" : ",").append(from);
            if (to > from) {
                text.append('-').append(to);
            }
            from = tasks.nextSetBit(to + 1);
        }
        return text.toString();
    }

    /**
     * @param tasks how many the segment has
     * @throws dev.belfry.core.record.CorruptRecordException if it cannot be read
     */
    public static SegmentState decode(String path, byte[] bytes, int tasks) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        Map<Outcome, BitSet> settled = new EnumMap<>(Outcome.class);
        json.textMap("settled")
                .forEach((outcome, ranges) -> settled.computeIfAbsent(Outcome.of(outcome), o -> new BitSet())
                        .or(numbers(json, ranges, tasks)));
        Map<Integer, TaskHistory> histories = new TreeMap<>();
        for (Row row : json.rows("attempts")) {
            int task = (int) row.number(0);
            if (task < 0 || task >= tasks) {
                throw json.malformed("attempts", "the segment has no task " + task);
            }
            histories.put(task, history(json, row));
        }
        return new SegmentState(settled, histories);
    }

    private static TaskHistory history(JsonRecordReader json, Row row) {
        try {
            return new TaskHistory(
                    (int) row.number(1),
                    (int) row.number(2),
                    (int) row.number(3),
                    row.instant(4),
                    row.instant(5),
                    row.text(6),
                    row.flag(7),
                    row.text(8).isEmpty() ? Optional.empty() : Optional.of(OutboxItem.of(row.text(8))));
        } catch (IllegalArgumentException e) {
            throw json.malformed("attempts", String.valueOf(e.getMessage()));
        }
    }

    private static BitSet numbers(JsonRecordReader json, String ranges, int tasks) {
        BitSet numbers = new BitSet();
        for (String range : Splitter.on(',').omitEmptyStrings().split(ranges)) {
            int dash = range.indexOf('-');
            try {
                int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1));
                if (to < from || to >= tasks) {
                    throw json.malformed("settled", "the segment has no tasks " + range);
                }
                numbers.set(from, to + 1);
            } catch (NumberFormatException e) {
                throw json.malformed("settled", "not a range of tasks: " + range);
            }
        }
        return numbers;
    }
}
