package dev.belfry.core.cost;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What the definitions of a namespace may cost together, at most.
 *
 * @param limits by quantity, each of {@link #QUANTITIES} or none; above 0
 * @param agents with how many agents costs are reckoned; 0 for those that are registered
 * @param by who set it; empty if nobody did
 * @param reason why; may be empty
 */
public record Budget(Map<Quantity, Long> limits, int agents, String by, String reason) {

    public static final int SCHEMA = 1;

    /** What may be limited. */
    public static final List<Quantity> QUANTITIES = List.of(Quantity.WRITES, Quantity.BYTES, Quantity.ZNODES);

    /** No limits. */
    public static final Budget NONE = new Budget(Map.of(), 0, "", "");

    private static final Map<Quantity, String> FIELDS =
            Map.of(Quantity.WRITES, "writesPerSecond", Quantity.BYTES, "bytesPerSecond", Quantity.ZNODES, "znodes");

    public Budget {
        if (agents < 0) {
            throw new IllegalArgumentException("the number of agents is negative: " + agents);
        }
        limits.forEach((quantity, limit) -> {
            if (!QUANTITIES.contains(quantity) || limit < 1) {
                throw new IllegalArgumentException("not a limit: " + limit + " " + quantity.unit());
            }
        });
        limits = Collections.unmodifiableMap(new TreeMap<>(limits));
    }

    /** Whether nothing is limited. */
    public boolean isNone() {
        return limits.isEmpty();
    }

    /** The limit of a quantity, if there is one. */
    public OptionalLong limit(Quantity quantity) {
        Long limit = limits.get(quantity);
        return limit == null ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    /** The same as its author reckons: with the number of agents that it names, if it names one. */
    public Assumptions reckonedWith(Assumptions assumptions) {
        return agents == 0 ? assumptions : assumptions.withAgents(agents);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            for (Quantity quantity : QUANTITIES) {
                if (limit(quantity).isPresent()) {
                    json.writeNumberField(FIELDS.get(quantity), limit(quantity).getAsLong());
                }
            }
            if (agents > 0) {
                json.writeNumberField("agents", agents);
            }
            json.writeStringField("by", by);
            if (!reason.isEmpty()) {
                json.writeStringField("reason", reason);
            }
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static Budget decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        Map<Quantity, Long> limits = new EnumMap<>(Quantity.class);
        FIELDS.forEach((quantity, field) -> {
            if (json.has(field)) {
                long limit = json.number(field);
                if (limit < 1) {
                    throw json.malformed(field, "not a limit: " + limit);
                }
                limits.put(quantity, limit);
            }
        });
        int agents = json.has("agents") ? json.integer("agents") : 0;
        if (agents < 0) {
            throw json.malformed("agents", "negative: " + agents);
        }
        return new Budget(
                limits, agents, json.text("by"), json.optionalText("reason").orElse(""));
    }
}
