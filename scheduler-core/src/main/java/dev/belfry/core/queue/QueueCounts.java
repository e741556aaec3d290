package dev.belfry.core.queue;

import dev.belfry.core.agent.LabelSelector;
import dev.belfry.core.dispatch.Needs;
import dev.belfry.core.dispatch.WantedCapacity;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How full the queue is, for people and for what adds agents; written by the master, and a second behind.
 *
 * @param queued tasks that wait for an agent
 * @param running tasks that agents have
 * @param bound tasks without an outcome above which nothing is taken in
 * @param wanted what would let everything start that waits only for room
 */
public record QueueCounts(int queued, int running, int bound, List<WantedCapacity> wanted) {

    public static final int SCHEMA = 1;

    /** Of a namespace whose queue was never used. */
    public static final QueueCounts NONE = new QueueCounts(0, 0, Gate.USUAL_BOUND, List.of());

    public QueueCounts {
        wanted = List.copyOf(wanted);
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("queued", queued);
            json.writeNumberField("running", running);
            json.writeNumberField("bound", bound);
            json.writeArrayFieldStart("wanted");
            for (WantedCapacity each : wanted) {
                json.writeStartObject();
                json.writeNumberField("tasks", each.tasks());
                json.writeNumberField("slots", each.needs().slots());
                json.writeNumberField("cpuMillis", each.needs().cpuMillis());
                json.writeNumberField("memory", each.needs().memory());
                json.writeArrayFieldStart("labels");
                for (Map.Entry<String, ? extends Collection<String>> label :
                        each.labels().accepts().entrySet()) {
                    json.writeStartObject();
                    json.writeStringField("label", label.getKey());
                    JsonRecordWriter.texts(json, "values", List.copyOf(label.getValue()));
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** @throws dev.belfry.core.record.CorruptRecordException if it cannot be read */
    public static QueueCounts decode(String path, byte[] bytes) {
        if (bytes.length == 0) {
            return NONE;
        }
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<WantedCapacity> wanted = new ArrayList<>();
        for (JsonRecordReader each : json.objects("wanted")) {
            TreeMap<String, SortedSet<String>> labels = new TreeMap<>();
            each.objects("labels")
                    .forEach(label -> labels.put(label.text("label"), new TreeSet<>(label.texts("values"))));
            wanted.add(new WantedCapacity(
                    new LabelSelector(labels),
                    each.integer("tasks"),
                    new Needs(each.number("slots"), each.number("cpuMillis"), each.number("memory"))));
        }
        return new QueueCounts(json.integer("queued"), json.integer("running"), json.integer("bound"), wanted);
    }
}
