package dev.belfry.core.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one incarnation is to run. Written by the master alone.
 *
 * @param entries in the order of their numbers, which only rise over the life of the inbox
 */
public record Inbox(List<Entry> entries) {

    public static final int SCHEMA = 1;

    /** Entries, and bytes, that an inbox may have. */
    public static final int MOST_ENTRIES = 500;

    public static final int MOST_BYTES = 60_000;

    public static final Inbox EMPTY = new Inbox(List.of());

    /**
     * One attempt that the agent is to make.
     *
     * @param number of the dispatch, and the fencing token of the attempt
     * @param runId of the run
     * @param fire that it stands for
     * @param task which shard of how many, and of which job
     * @param attempt its number, from 1
     * @param parameters of the submission, over those of the definition
     * @param limit the longest it may take, over that of the definition; null for none
     * @param resumes whether an attempt before may have left a checkpoint
     * @param cancel why it is to be cancelled, or is not to be begun; empty while it is to run
     */
    public record Entry(
            long number,
            String runId,
            FireId fire,
            Task task,
            int attempt,
            Map<String, String> parameters,
            @Nullable Duration limit,
            boolean resumes,
            String cancel) {

        public Entry {
            parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
        }

        /** The same, to be cancelled. */
        public Entry cancelled(String why) {
            return new Entry(number, runId, fire, task, attempt, parameters, limit, resumes, why);
        }
    }

    /**
     * @param shard from 0
     * @param shards of the run
     */
    public record Task(String jobUid, int shard, int shards) {}

    public Inbox {
        entries = List.copyOf(entries);
        long before = 0;
        for (Entry entry : entries) {
            if (entry.number() <= before) {
                throw new IllegalArgumentException("number " + entry.number() + " after " + before);
            }
            before = entry.number();
        }
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeArrayFieldStart("entries");
            for (Entry entry : entries) {
                json.writeStartObject();
                write(json, entry);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, Entry entry) throws IOException {
        json.writeNumberField("n", entry.number());
        json.writeStringField("id", entry.runId());
        json.writeNumberField("due", entry.fire().due().toEpochMilli());
        if (entry.fire().isScheduled()) {
            json.writeBooleanField("scheduled", true);
        }
        json.writeStringField("job", entry.task().jobUid());
        if (entry.task().shards() > 1) {
            json.writeNumberField("shard", entry.task().shard());
            json.writeNumberField("shards", entry.task().shards());
        }
        if (entry.attempt() > 1) {
            json.writeNumberField("attempt", entry.attempt());
        }
        JsonRecordWriter.textMap(json, "parameters", entry.parameters());
        if (entry.limit() != null) {
            json.writeNumberField("limit", entry.limit().toMillis());
        }
        if (entry.resumes()) {
            json.writeBooleanField("resumes", true);
        }
        if (!entry.cancel().isEmpty()) {
            json.writeStringField("cancel", entry.cancel());
        }
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static Inbox decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<Entry> entries = new ArrayList<>();
        json.objects("entries").forEach(entry -> entries.add(read(entry)));
        try {
            return new Inbox(entries);
        } catch (IllegalArgumentException e) {
            throw json.malformed("entries", String.valueOf(e.getMessage()));
        }
    }

    private static Entry read(JsonRecordReader entry) {
        String runId = entry.text("id");
        Optional<String> requested = entry.flag("scheduled") ? Optional.empty() : Optional.of(runId);
        int shards = entry.has("shards") ? entry.integer("shards") : 1;
        return new Entry(
                entry.number("n"),
                runId,
                new FireId(entry.instant("due"), requested),
                new Task(entry.text("job"), shards > 1 ? entry.integer("shard") : 0, shards),
                entry.has("attempt") ? entry.integer("attempt") : 1,
                entry.textMap("parameters"),
                entry.has("limit") ? Duration.ofMillis(entry.number("limit")) : null,
                entry.flag("resumes"),
                entry.optionalText("cancel").orElse(""));
    }
}
