package dev.belfry.core.journal;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.run.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is left of journal entries that had to make room: how many fires of each job ended how, hour by hour; scheduled
 * fires and runs that were asked for apart. {@code verify} reports these as counted, not listed.
 *
 * <p>Mutable, not thread-safe. At most {@link #MAX_CELLS} cells and {@link #MAX_BYTES}; beyond that the oldest are counted
 * together, without hour and job, as {@link #EARLIER}.
 */
public final class JournalCounts {

    public static final int SCHEMA = 1;
    static final int MAX_CELLS = 600;
    /** Most bytes of cells, so that the record stays well below what a znode may hold. */
    static final int MAX_BYTES = 48 * 1_024;
    /** Stands for all jobs in the cells that hold what no longer has an hour of its own. */
    public static final String EARLIER = "*";

    private static final long HOUR = Duration.ofHours(1).toMillis();
    /** Two instants, a count, an outcome, and what is between them. */
    private static final int CELL_BYTES = 80;

    /** Whether a fire follows from the schedule or from somebody's wish. */
    public enum Origin {
        SCHEDULED,
        REQUESTED
    }

    /**
     * What is counted together.
     *
     * @param hour the beginning of the hour in which the fire was due, or the first of a range
     * @param lastHour likewise of the last of a range; equal to {@code hour} otherwise
     */
    public record Cell(Instant hour, Instant lastHour, String jobUid, Origin origin, Outcome outcome)
            implements Comparable<Cell> {
        private static final Comparator<Cell> ORDER = Comparator.comparing(Cell::hour)
                .thenComparing(Cell::lastHour)
                .thenComparing(Cell::jobUid)
                .thenComparing(Cell::origin)
                .thenComparing(Cell::outcome);

        @Override
        public int compareTo(Cell other) {
            return ORDER.compare(this, other);
        }

        /** Whether its job and its hours are not known any more. */
        public boolean isEarlier() {
            return jobUid.equals(EARLIER);
        }

        private Cell earlier() {
            return new Cell(Instant.EPOCH, Instant.EPOCH, EARLIER, origin, outcome);
        }

        private int bytes() {
            return jobUid.length() + CELL_BYTES;
        }
    }

    private final TreeMap<Cell, Long> cells = new TreeMap<>();
    private Instant earlierUntil = Instant.EPOCH;
    private int bytes;

    /** Counts a line; only final ones count. */
    public void add(FireEntry line) {
        if (line.kind() == FireEntry.Kind.FINAL) {
            Origin origin = line.fire().isScheduled() ? Origin.SCHEDULED : Origin.REQUESTED;
            Cell cell = new Cell(hourOf(line.fire().due()), hourOf(line.last()), line.jobUid(), origin, line.outcome());
            add(cell, line.count());
        }
    }

    private static Instant hourOf(Instant instant) {
        long millis = instant.toEpochMilli();
        return Instant.ofEpochMilli(millis - Math.floorMod(millis, HOUR));
    }

    /** Adds the counts of another journal. */
    public void addAll(JournalCounts other) {
        earlierUntil = later(earlierUntil, other.earlierUntil);
        other.cells.forEach(this::add);
    }

    private void add(Cell cell, long count) {
        merge(cell, count);
        while (cells.size() > MAX_CELLS || bytes > MAX_BYTES) {
            Map.Entry<Cell, Long> oldest = oldest();
            if (oldest == null) {
                return;
            }
            cells.remove(oldest.getKey());
            bytes -= oldest.getKey().bytes();
            earlierUntil = later(earlierUntil, oldest.getKey().lastHour());
            merge(oldest.getKey().earlier(), oldest.getValue());
        }
    }

    private void merge(Cell cell, long count) {
        if (!cells.containsKey(cell)) {
            bytes += cell.bytes();
        }
        cells.merge(cell, count, Long::sum);
    }

    private Map.@Nullable Entry<Cell, Long> oldest() {
        for (Map.Entry<Cell, Long> cell : cells.entrySet()) {
            if (!cell.getKey().isEarlier()) {
                // A copy: the map's own entry does not outlast its removal.
                return Map.entry(cell.getKey(), cell.getValue());
            }
        }
        return null;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** The counts, by hour, job, origin and outcome. */
    public Map<Cell, Long> cells() {
        return Collections.unmodifiableMap(cells);
    }

    /** Nothing in the cells called {@link #EARLIER} was due after this hour. */
    public Instant earlierUntil() {
        return earlierUntil;
    }

    /** Counts of these cells, which are not changed; beyond the bounds the oldest are counted together, as ever. */
    public static JournalCounts of(Map<Cell, Long> cells, Instant earlierUntil) {
        JournalCounts counts = new JournalCounts();
        counts.earlierUntil = earlierUntil;
        cells.forEach(counts::add);
        return counts;
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("earlierUntil", earlierUntil.toEpochMilli());
            json.writeArrayFieldStart("counted");
            for (Map.Entry<Cell, Long> entry : cells.entrySet()) {
                Cell cell = entry.getKey();
                json.writeStartArray();
                json.writeNumber(cell.hour().toEpochMilli());
                json.writeNumber(cell.lastHour().toEpochMilli());
                json.writeString(cell.jobUid());
                json.writeString(cell.origin().name().toLowerCase(Locale.ROOT));
                json.writeString(cell.outcome().text());
                json.writeNumber(entry.getValue());
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
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        counts.earlierUntil = json.instant("earlierUntil");
        for (Row row : json.rows("counted")) {
            Cell cell = new Cell(
                    row.instant(0), row.instant(1), row.text(2), origin(json, row.text(3)), Outcome.of(row.text(4)));
            counts.add(cell, row.number(5));
        }
        return counts;
    }

    private static Origin origin(JsonRecordReader json, String text) {
        for (Origin origin : Origin.values()) {
            if (origin.name().toLowerCase(Locale.ROOT).equals(text)) {
                return origin;
            }
        }
        throw json.malformed("counted", "neither scheduled nor requested: '" + text + "'");
    }
}
