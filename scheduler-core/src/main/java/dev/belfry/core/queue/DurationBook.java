package dev.belfry.core.queue;

import dev.belfry.core.dispatch.MeasuredDurations;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long the tasks of each job took lately, in the hands of the master and as it is stored for the next one: of as many jobs as
 * fit, those that ended last.
 *
 * <p>Not thread-safe; owned by the master's loop.
 */
public final class DurationBook {

    public static final int SCHEMA = 1;

    /** Jobs that are remembered, and bytes of them that are stored. */
    public static final int MOST_JOBS = 400;

    public static final int MOST_BYTES = 60_000;

    /** Bytes of a job beside those of its uid: 63 durations of a byte each, as text. */
    private static final int ROW_BYTES = 4 * ((MeasuredDurations.MOST + 2) / 3) + 8;

    /** By uid, that which ended last at the end. */
    private final Map<String, MeasuredDurations> jobs = new LinkedHashMap<>();

    private long changes;

    /** A task of the job has succeeded, and took so long. */
    public void took(String jobUid, Duration duration) {
        put(jobUid, of(jobUid).with(duration));
        changes++;
    }

    private void put(String jobUid, MeasuredDurations durations) {
        jobs.remove(jobUid);
        jobs.put(jobUid, durations);
        if (jobs.size() > MOST_JOBS) {
            jobs.remove(jobs.keySet().iterator().next());
        }
    }

    /** What is known of a job. */
    public MeasuredDurations of(String jobUid) {
        return jobs.getOrDefault(jobUid, MeasuredDurations.NONE);
    }

    /** A number that rises with whatever is measured. */
    public long changes() {
        return changes;
    }

    /**
     * As it is stored.
     *
     * @throws dev.belfry.core.record.CorruptRecordException if it cannot be read
     */
    public static DurationBook decode(String path, byte[] stored) {
        DurationBook book = new DurationBook();
        book.restore(path, stored);
        return book;
    }

    /** By uid how many are measured, and their median: for people. */
    public Map<String, String> summary() {
        Map<String, String> summary = new TreeMap<>();
        jobs.forEach((uid, measured) -> summary.put(uid, measured.toString()));
        return summary;
    }

    public byte[] encode() {
        List<Map.Entry<String, MeasuredDurations>> rows = new ArrayList<>(jobs.entrySet());
        int bytes = 0;
        int from = rows.size();
        while (from > 0 && bytes + rows.get(from - 1).getKey().length() + ROW_BYTES <= MOST_BYTES) {
            from--;
            bytes += rows.get(from).getKey().length() + ROW_BYTES;
        }
        List<Map.Entry<String, MeasuredDurations>> newest = rows.subList(from, rows.size());
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("jobs");
            for (Map.Entry<String, MeasuredDurations> job : newest) {
                json.writeStartArray();
                json.writeString(job.getKey());
                json.writeString(
                        Base64.getEncoder().encodeToString(job.getValue().encode()));
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    /**
     * Takes up what an earlier term has stored; what was measured meanwhile is forgotten.
     *
     * @throws dev.belfry.core.record.CorruptRecordException if it cannot be read
     */
    public void restore(String path, byte[] stored) {
        JsonRecordReader json = JsonRecordReader.open(path, stored, SCHEMA);
        Map<String, MeasuredDurations> read = new LinkedHashMap<>();
        for (Row row : json.rows("jobs")) {
            try {
                read.put(
                        row.text(0),
                        MeasuredDurations.decode(Base64.getDecoder().decode(row.text(1))));
            } catch (IllegalArgumentException e) {
                throw json.malformed("jobs", String.valueOf(e.getMessage()));
            }
        }
        jobs.clear();
        read.forEach(this::put);
    }
}
