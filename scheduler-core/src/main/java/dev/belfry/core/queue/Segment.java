package dev.belfry.core.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.job.ShardLayout;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The runs that were made durable together. Created once and never changed; what becomes of them is in the
 * {@link SegmentState} beside it.
 *
 * @param runs at least one, in the order of their submission
 */
public record Segment(List<Submission> runs) {

    public static final int SCHEMA = 1;

    /** Bytes that a segment may have; a submitter begins another one before. */
    public static final int MOST_BYTES = 60_000;

    /** Tasks that a segment may have, so that its {@link SegmentState} fits a znode whatever becomes of them. */
    public static final int MOST_TASKS = ShardLayout.MOST_QUEUED;

    /** Bytes of a segment beside those of its runs. */
    public static final int FRAME_BYTES = 20;

    public Segment {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a segment has a run at least");
        }
    }

    /** The runs in as many segments as they take, in order. */
    public static List<List<Submission>> split(List<Submission> runs) {
        List<List<Submission>> segments = new ArrayList<>();
        List<Submission> some = new ArrayList<>();
        int bytes = FRAME_BYTES;
        int tasks = 0;
        for (Submission run : runs) {
            int size = size(run);
            if (!some.isEmpty() && (bytes + size > MOST_BYTES || tasks + run.shards() > MOST_TASKS)) {
                segments.add(some);
                some = new ArrayList<>();
                bytes = FRAME_BYTES;
                tasks = 0;
            }
            some.add(run);
            bytes += size;
            tasks += run.shards();
        }
        if (!some.isEmpty()) {
            segments.add(some);
        }
        return segments;
    }

    /** Tasks of all its runs: the shards of the first come first, from number 0. */
    public int tasks() {
        return runs.stream().mapToInt(Submission::shards).sum();
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("runs");
            for (Submission run : runs) {
                json.writeStartObject();
                write(json, run);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static void write(JsonGenerator json, Submission run) throws IOException {
        json.writeStringField("id", run.runId());
        json.writeStringField("job", run.jobUid());
        if (run.shards() > 1) {
            json.writeNumberField("shards", run.shards());
        }
        if (run.due().isPresent()) {
            json.writeNumberField("due", run.due().get().toEpochMilli());
        }
        JsonRecordWriter.textMap(json, "parameters", run.parameters());
        Submission.Options options = run.options();
        if (options.priority().isPresent()) {
            json.writeNumberField("priority", options.priority().getAsInt());
        }
        if (options.notBefore().isAfter(Instant.EPOCH)) {
            json.writeNumberField("notBefore", options.notBefore().toEpochMilli());
        }
        if (!options.key().isEmpty()) {
            json.writeStringField("key", options.key());
        }
        JsonRecordWriter.textMap(json, "labels", options.labels());
        writeLimit(json, "queue", options.queue());
        writeLimit(json, "attempt", options.attempt());
        writeLimit(json, "total", options.total());
        if (options.asOf().isPresent()) {
            json.writeNumberField("asOf", options.asOf().get().toEpochMilli());
        }
        json.writeStringField("by", run.by());
    }

    /** Bytes that a run takes in a segment, or a few more. */
    public static int size(Submission run) {
        Submission.Options options = run.options();
        int size = 3 + texts("id", run.runId()) + texts("job", run.jobUid()) + texts("by", run.by());
        size += run.shards() > 1 ? number("shards", run.shards()) : 0;
        size += run.due().isPresent() ? number("due", run.due().get().toEpochMilli()) : 0;
        size += map("parameters", run.parameters()) + map("labels", options.labels());
        size += options.priority().isPresent() ? number("priority", 0) : 0;
        size += options.notBefore().isAfter(Instant.EPOCH)
                ? number("notBefore", options.notBefore().toEpochMilli())
                : 0;
        size += options.asOf().isPresent() ? number("asOf", options.asOf().get().toEpochMilli()) : 0;
        size += options.key().isEmpty() ? 0 : texts("key", options.key());
        return size
                + limit("queue", options.queue())
                + limit("attempt", options.attempt())
                + limit("total", options.total());
    }

    private static int texts(String field, String value) {
        return JsonBytes.of(field) + JsonBytes.of(value) + 6;
    }

    private static int number(String field, long value) {
        return field.length() + Long.toString(value).length() + 4;
    }

    private static int limit(String field, @Nullable Duration limit) {
        return limit == null ? 0 : number(field, limit.toMillis());
    }

    private static int map(String field, Map<String, String> texts) {
        int size = texts.isEmpty() ? 0 : field.length() + 6;
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            size += texts(entry.getKey(), entry.getValue());
        }
        return size;
    }

    private static void writeLimit(JsonGenerator json, String field, @Nullable Duration limit) throws IOException {
        if (limit != null) {
            json.writeNumberField(field, limit.toMillis());
        }
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static Segment decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<Submission> runs = new ArrayList<>();
        for (JsonRecordReader run : json.objects("runs")) {
            try {
                runs.add(read(run));
            } catch (IllegalArgumentException e) {
                throw json.malformed("runs", String.valueOf(e.getMessage()));
            }
        }
        if (runs.isEmpty()) {
            throw json.malformed("runs", "no run");
        }
        return new Segment(runs);
    }

    static Submission read(JsonRecordReader run) {
        return new Submission(
                run.text("id"),
                run.text("job"),
                run.has("shards") ? run.integer("shards") : 1,
                run.optionalInstant("due"),
                run.textMap("parameters"),
                new Submission.Options(
                        run.has("priority") ? OptionalInt.of(run.integer("priority")) : OptionalInt.empty(),
                        run.optionalInstant("notBefore").orElse(Instant.EPOCH),
                        run.optionalText("key").orElse(""),
                        run.textMap("labels"),
                        limit(run, "queue").orElse(null),
                        limit(run, "attempt").orElse(null),
                        limit(run, "total").orElse(null),
                        run.optionalInstant("asOf")),
                run.text("by"));
    }

    private static Optional<Duration> limit(JsonRecordReader run, String field) {
        return run.has(field) ? Optional.of(Duration.ofMillis(run.number(field))) : Optional.empty();
    }
}
