package dev.belfry.core.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
     * @param order which attempt it is, and how long it may take
     * @param parameters of the submission, over those of the definition
     * @param cancel why it is to be cancelled, or is not to be begun; empty while it is to run
     */
    public record Entry(
            long number,
            String runId,
            FireId fire,
            Task task,
            Order order,
            Map<String, String> parameters,
            String cancel) {

        public Entry {
            parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
        }

        /** No less than the bytes that it has in an inbox. */
        public int mostBytes() {
            String item = order.resumes().map(OutboxItem::text).orElse("");
            return InboxBook.bytes(runId, task.jobUid(), cancel, parameters) + item.length();
        }

        /** The same as a second attempt beside the one of this number. */
        Entry beside(long slow) {
            return new Entry(number, runId, fire, task, order.beside(slow), parameters, cancel);
        }

        /** The attempt goes by the definition in force then. */
        public Instant definedAt() {
            return order.asOf().orElse(fire.due());
        }

        /** The same, to be cancelled. */
        public Entry cancelled(String why) {
            return new Entry(number, runId, fire, task, order, parameters, why);
        }
    }

    /**
     * @param shard from 0
     * @param shards of the run
     */
    public record Task(String jobUid, int shard, int shards) {}

    /**
     * @param attempt its number, from 1
     * @param at when it was dispatched, by the clock of the ensemble
     * @param limit the longest it may take, of its own or of what is left for all attempts; null for none
     * @param byTotal whether the limit is what is left for all attempts
     * @param resumes what the attempt goes on from: the newest checkpoint that was left; empty if there is none
     * @param beside the number of the slow attempt beside which it is a second one; 0 if it is none
     * @param asOf it goes by the definition in force then; empty for the instant of its fire
     */
    public record Order(
            int attempt,
            Instant at,
            @Nullable Duration limit,
            boolean byTotal,
            Optional<OutboxItem> resumes,
            long beside,
            Optional<Instant> asOf) {

        /** One that is no second attempt beside another, and goes by the definition in force at the instant of its fire. */
        public Order(int attempt, Instant at, @Nullable Duration limit, boolean byTotal, Optional<OutboxItem> resumes) {
            this(attempt, at, limit, byTotal, resumes, 0, Optional.empty());
        }

        /** The same beside another attempt. */
        Order beside(long number) {
            return new Order(attempt, at, limit, byTotal, resumes, number, asOf);
        }

        /** Whether it is a second attempt beside a slow one. */
        public boolean isBackup() {
            return beside > 0;
        }
    }

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
        writeOrder(json, entry.order());
        JsonRecordWriter.textMap(json, "parameters", entry.parameters());
        if (!entry.cancel().isEmpty()) {
            json.writeStringField("cancel", entry.cancel());
        }
    }

    private static void writeOrder(JsonGenerator json, Order order) throws IOException {
        json.writeNumberField("at", order.at().toEpochMilli());
        if (order.attempt() > 1) {
            json.writeNumberField("attempt", order.attempt());
        }
        if (order.limit() != null) {
            json.writeNumberField(
                    order.byTotal() ? "left" : "limit", order.limit().toMillis());
        }
        if (order.resumes().isPresent()) {
            json.writeStringField("resumes", order.resumes().get().text());
        }
        if (order.isBackup()) {
            json.writeNumberField("beside", order.beside());
        }
        if (order.asOf().isPresent()) {
            json.writeNumberField("asOf", order.asOf().get().toEpochMilli());
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
                readOrder(entry),
                entry.textMap("parameters"),
                entry.optionalText("cancel").orElse(""));
    }

    private static Order readOrder(JsonRecordReader entry) {
        boolean byTotal = entry.has("left");
        String limit = byTotal ? "left" : "limit";
        return new Order(
                entry.has("attempt") ? entry.integer("attempt") : 1,
                entry.instant("at"),
                entry.has(limit) ? Duration.ofMillis(entry.number(limit)) : null,
                byTotal,
                resumes(entry),
                entry.has("beside") ? entry.number("beside") : 0,
                entry.optionalInstant("asOf"));
    }

    private static Optional<OutboxItem> resumes(JsonRecordReader entry) {
        try {
            return entry.optionalText("resumes").map(OutboxItem::of);
        } catch (IllegalArgumentException e) {
            throw entry.malformed("resumes", String.valueOf(e.getMessage()));
        }
    }
}
