package dev.belfry.core.ownership;

import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Agents that an operator has told to hand over everything and take nothing, whatever their incarnation.
 *
 * @param agents stable ids, sorted
 */
public record Drains(SortedSet<String> agents) {

    public static final int SCHEMA = 1;
    public static final Drains NONE = new Drains(Collections.emptySortedSet());

    public Drains {
        agents = Collections.unmodifiableSortedSet(new TreeSet<>(agents));
    }

    /** The same with {@code agent} drained, or not. */
    public Drains with(String agent, boolean drained) {
        SortedSet<String> changed = new TreeSet<>(agents);
        if (drained) {
            changed.add(agent);
        } else {
            changed.remove(agent);
        }
        return new Drains(changed);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> JsonRecordWriter.texts(json, "agents", agents));
    }

    /**
     * Reads what was stored; no bytes mean none.
     *
     * @throws dev.belfry.core.record.CorruptRecordException if it cannot be read
     */
    public static Drains decode(String path, byte[] bytes) {
        return bytes.length == 0
                ? NONE
                : new Drains(
                        new TreeSet<>(JsonRecordReader.open(path, bytes, SCHEMA).texts("agents")));
    }
}
