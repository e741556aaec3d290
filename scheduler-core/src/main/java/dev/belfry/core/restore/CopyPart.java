package dev.belfry.core.restore;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * How far the copy that a restore put back went, or a part of that: what a history knows beyond it is of before the restore.
 *
 * @param journals of the incarnations that had one
 * @param jobs all that there were, deleted ones included
 */
public record CopyPart(List<JournalEnd> journals, List<JobEnd> jobs) {

    public static final int SCHEMA = 1;

    /** Bytes of a part, at most: well below what a znode may hold. */
    private static final int MOST_BYTES = 48 * 1_024;
    /** Of a row beside the name in it. */
    private static final int NUMBERS = 40;

    /**
     * How far a journal went.
     *
     * @param writer the incarnation
     * @param entry number of its last entry; 0 if it had none
     * @param lines how many lines that had
     */
    public record JournalEnd(String writer, long entry, int lines) {}

    /**
     * How far a job went.
     *
     * @param version number of its newest version
     * @param deleted whether it was deleted
     */
    public record JobEnd(String uid, int version, boolean deleted) {}

    public CopyPart {
        journals = List.copyOf(journals);
        jobs = List.copyOf(jobs);
    }

    /** Divides what is known into parts that fit a znode. */
    public static List<CopyPart> of(List<JournalEnd> journals, List<JobEnd> jobs) {
        List<CopyPart> parts = new ArrayList<>();
        List<JournalEnd> some = new ArrayList<>();
        List<JobEnd> others = new ArrayList<>();
        int bytes = 0;
        for (JournalEnd journal : journals) {
            bytes += 2 * journal.writer().length() + NUMBERS;
            some.add(journal);
            if (bytes > MOST_BYTES) {
                parts.add(new CopyPart(some, List.of()));
                some = new ArrayList<>();
                bytes = 0;
            }
        }
        for (JobEnd job : jobs) {
            bytes += 2 * job.uid().length() + NUMBERS;
            others.add(job);
            if (bytes > MOST_BYTES) {
                parts.add(new CopyPart(some, others));
                some = new ArrayList<>();
                others = new ArrayList<>();
                bytes = 0;
            }
        }
        if (!some.isEmpty() || !others.isEmpty()) {
            parts.add(new CopyPart(some, others));
        }
        return List.copyOf(parts);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("journals");
            for (JournalEnd journal : journals) {
                json.writeStartArray();
                json.writeString(journal.writer());
                json.writeNumber(journal.entry());
                json.writeNumber(journal.lines());
                json.writeEndArray();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("jobs");
            for (JobEnd job : jobs) {
                json.writeStartArray();
                json.writeString(job.uid());
                json.writeNumber(job.version());
                json.writeBoolean(job.deleted());
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static CopyPart decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<JournalEnd> journals = new ArrayList<>();
        for (Row row : json.rows("journals")) {
            journals.add(new JournalEnd(row.text(0), row.number(1), (int) row.number(2)));
        }
        List<JobEnd> jobs = new ArrayList<>();
        for (Row row : json.rows("jobs")) {
            jobs.add(new JobEnd(row.text(0), (int) row.number(1), row.flag(2)));
        }
        return new CopyPart(journals, jobs);
    }
}
