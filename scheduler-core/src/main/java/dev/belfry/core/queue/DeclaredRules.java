package dev.belfry.core.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.job.QueueCost;
import dev.belfry.core.job.QueueOrder;
import dev.belfry.core.job.QueueRules;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordReader.Row;
import dev.belfry.core.record.JsonRecordWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was applied of the rules of the queue: written by those who apply definitions, read by the master, which says in a
 * record of its own what is in force.
 *
 * @param queues rules by the name of the queue; one that is not among them is as {@code default}, and that as usual
 * @param pools slots by the name of the pool
 * @param mostRunning tasks of the namespace that run at once, at least 0; {@link Integer#MAX_VALUE} for no limit
 * @param bound queued runs above which the intake is closed, at least 1
 * @param by who wrote it; empty if nobody did
 */
public record DeclaredRules(
        Map<String, QueueRules> queues, Map<String, Integer> pools, int mostRunning, int bound, String by) {

    public static final int SCHEMA = 1;

    /** Nothing declared. */
    public static final DeclaredRules NONE =
            new DeclaredRules(Map.of(), Map.of(), Integer.MAX_VALUE, Gate.USUAL_BOUND, "");

    public DeclaredRules {
        queues = Collections.unmodifiableMap(new TreeMap<>(queues));
        pools = Collections.unmodifiableMap(new TreeMap<>(pools));
        if (mostRunning < 0 || bound < 1) {
            throw new IllegalArgumentException("impossible limits: running " + mostRunning + ", bound " + bound);
        }
        pools.forEach((pool, slots) -> {
            if (slots < 0) {
                throw new IllegalArgumentException("pool " + pool + " has " + slots + " slots");
            }
        });
    }

    /** The same with these queues and pools added, or put in the place of those of the same names. */
    public DeclaredRules with(Map<String, QueueRules> moreQueues, Map<String, Integer> morePools, String author) {
        Map<String, QueueRules> allQueues = new TreeMap<>(queues);
        allQueues.putAll(moreQueues);
        Map<String, Integer> allPools = new TreeMap<>(pools);
        allPools.putAll(morePools);
        return new DeclaredRules(allQueues, allPools, mostRunning, bound, author);
    }

    /** The same with these limits. */
    public DeclaredRules withLimits(int running, int queued, String author) {
        return new DeclaredRules(queues, pools, running, queued, author);
    }

    /** Whether the same is declared, by whomever. */
    public boolean sameAs(DeclaredRules other) {
        return equals(new DeclaredRules(other.queues, other.pools, other.mostRunning, other.bound, by));
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            writeQueues(json);
            json.writeArrayFieldStart("pools");
            for (Map.Entry<String, Integer> pool : pools.entrySet()) {
                json.writeStartArray();
                json.writeString(pool.getKey());
                json.writeNumber(pool.getValue());
                json.writeEndArray();
            }
            json.writeEndArray();
            if (mostRunning < Integer.MAX_VALUE) {
                json.writeNumberField("running", mostRunning);
            }
            if (bound != Gate.USUAL_BOUND) {
                json.writeNumberField("bound", bound);
            }
            json.writeStringField("by", by);
        });
    }

    private void writeQueues(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("queues");
        for (Map.Entry<String, QueueRules> queue : queues.entrySet()) {
            json.writeStartArray();
            json.writeString(queue.getKey());
            json.writeString(text(queue.getValue().order()));
            json.writeString(text(queue.getValue().cost()));
            json.writeNumber(queue.getValue().ageing().toMillis());
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static DeclaredRules decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        Map<String, QueueRules> queues = new TreeMap<>();
        json.rows("queues").forEach(row -> queues.put(row.text(0), queue(json, row)));
        Map<String, Integer> pools = new TreeMap<>();
        json.rows("pools").forEach(row -> pools.put(row.text(0), slots(json, row)));
        try {
            return new DeclaredRules(
                    queues,
                    pools,
                    json.has("running") ? json.integer("running") : Integer.MAX_VALUE,
                    json.has("bound") ? json.integer("bound") : Gate.USUAL_BOUND,
                    json.text("by"));
        } catch (IllegalArgumentException e) {
            throw json.malformed("running", String.valueOf(e.getMessage()));
        }
    }

    private static QueueRules queue(JsonRecordReader json, Row row) {
        try {
            return new QueueRules(
                    constant(QueueOrder.class, row.text(1)),
                    constant(QueueCost.class, row.text(2)),
                    Duration.ofMillis(row.number(3)));
        } catch (IllegalArgumentException e) {
            throw json.malformed("queues", String.valueOf(e.getMessage()));
        }
    }

    private static int slots(JsonRecordReader json, Row row) {
        long slots = row.number(1);
        if (slots < 0 || slots > Integer.MAX_VALUE) {
            throw json.malformed("pools", "not a number of slots: " + slots);
        }
        return (int) slots;
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (text(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("unknown word '" + text + "'");
    }
}
