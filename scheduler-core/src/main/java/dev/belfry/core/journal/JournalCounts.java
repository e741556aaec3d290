package dev.belfry.core.journal;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is left of journal entries that had to make room: how many fires of each job ended how, hour by hour. {@code
 * verify} reports these as counted, not listed.
 *
 * <p>Mutable, not thread-safe. At most {@link #MAX_CELLS} cells; beyond that the oldest are counted
 * together, without hour and job, as {@link #EARLIER}.
 */
public final class JournalCounts {

    public static final int SCHEMA = 1;
    static final int MAX_CELLS = 600;
    /** Stands for all jobs in the cells that hold what no longer has an hour of its own. */
    public static final String EARLIER = "*";

    private static final long HOUR = Duration.ofHours(1).toMillis();

    /** What is counted together. */
    public record Cell(Instant hour, String jobUid, Outcome outcome) implements Comparable<Cell> {
        @Override
        public int compareTo(Cell other) {
            int byHour = hour.compareTo(other.hour);
            int byJob = byHour != 0 ? byHour : jobUid.compareTo(other.jobUid);
            return byJob != 0 ? byJob : outcome.compareTo(other.outcome);
        }
    }

    private final TreeMap<Cell, Long> cells = new TreeMap<>();

    /** Counts a line; only final ones count. */
    public void add(FireEntry line) {
        if (line.kind() == FireEntry.Kind.FINAL) {
            long millis = line.fire().due().toEpochMilli();
            add(
                    new Cell(Instant.ofEpochMilli(millis - Math.floorMod(millis, HOUR)), line.jobUid(), line.outcome()),
                    line.count());
        }
    }

    /** Adds the counts of another journal. */
    public void addAll(JournalCounts other) {
        other.cells.forEach(this::add);
    }

    private void add(Cell cell, long count) {
        cells.merge(cell, count, Long::sum);
        while (cells.size() > MAX_CELLS) {
            Map.Entry<Cell, Long> oldest = cells.higherEntry(new Cell(Instant.EPOCH, EARLIER, Outcome.UNKNOWN));
            if (oldest == null) {
                return;
            }
            cells.remove(oldest.getKey());
            cells.merge(new Cell(Instant.EPOCH, EARLIER, oldest.getKey().outcome()), oldest.getValue(), Long::sum);
        }
    }

    /** The counts, by hour, job and outcome. */
    public Map<Cell, Long> cells() {
        return Collections.unmodifiableMap(cells);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("counted");
            for (Map.Entry<Cell, Long> cell : cells.entrySet()) {
                json.writeStartArray();
                json.writeNumber(cell.getKey().hour().toEpochMilli());
                json.writeString(cell.getKey().jobUid());
                json.writeString(cell.getKey().outcome().text());
                json.writeNumber(cell.getValue());
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static JournalCounts decode(String path, byte[] bytes) {
        JournalCounts counts = new JournalCounts();
        if (bytes.length == 0) {
            return counts;
        }
        for (Row row : JsonRecordReader.open(path, bytes, SCHEMA).rows("counted")) {
            counts.add(new Cell(row.instant(0), row.text(1), Outcome.of(row.text(2))), row.number(3));
        }
        return counts;
    }
}
