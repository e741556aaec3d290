package dev.belfry.core.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.belfry.core.record.CorruptRecordException;
import dev.belfry.core.record.JsonRecordReader;
import dev.belfry.core.record.JsonRecordWriter;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SubTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sub-tasks that an attempt hands in together: what its agent writes beside its outbox, and the master takes in at once.
 *
 * @param policy of the run as a whole; the same on every page
 * @param tasks at least one, at most {@link #MOST_TASKS}, in the order in which they were handed in
 */
public record HandedPage(FailurePolicy policy, List<SubTask> tasks) {

    public static final int SCHEMA = 1;

    /** So many that they make one segment of the queue, if their parameters are short. */
    public static final int MOST_TASKS = 240;

    /** Bytes of a page at most, so that taking one in is one transaction with whatever else that writes. */
    public static final int MOST_BYTES = 48 * 1024;

    /** Bytes of one sub-task at most. */
    public static final int MOST_TASK_BYTES = 40 * 1024;

    /** Pages that one attempt may hand in. */
    public static final int MOST_PAGES = 400;

    private static final int FRAME_BYTES = 80;

    public HandedPage {
        tasks = List.copyOf(tasks);
        if (tasks.isEmpty() || tasks.size() > MOST_TASKS) {
            throw new IllegalArgumentException("a page of " + tasks.size() + " sub-tasks");
        }
    }

    /** Sub-tasks in as many pages as they take, in order. */
    public static List<HandedPage> pages(List<SubTask> tasks, FailurePolicy policy) {
        List<HandedPage> pages = new ArrayList<>();
        List<SubTask> some = new ArrayList<>();
        int bytes = FRAME_BYTES;
        for (SubTask task : tasks) {
            int size = bytes(task);
            if (!some.isEmpty() && (bytes + size > MOST_BYTES || some.size() == MOST_TASKS)) {
                pages.add(new HandedPage(policy, some));
                some = new ArrayList<>();
                bytes = FRAME_BYTES;
            }
            some.add(task);
            bytes += size;
        }
        if (!some.isEmpty()) {
            pages.add(new HandedPage(policy, some));
        }
        return pages;
    }

    /** No less than the bytes that a sub-task takes in a page. */
    public static int bytes(SubTask task) {
        int bytes = task.name().length() + 40;
        for (Map.Entry<String, String> parameter : task.parameters().entrySet()) {
            bytes += JsonBytes.of(parameter.getKey()) + JsonBytes.of(parameter.getValue()) + 6;
        }
        return bytes;
    }

    public byte[] encode() {
        return JsonRecordWriter.write(SCHEMA, json -> {
            json.writeNumberField("tolerated", policy.tolerated());
            if (policy.stopsEarly()) {
                json.writeBooleanField("stopsEarly", true);
            }
            json.writeArrayFieldStart("tasks");
            for (SubTask task : tasks) {
                write(json, task);
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, SubTask task) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", task.name());
        JsonRecordWriter.textMap(json, "parameters", task.parameters());
        json.writeEndObject();
    }

    /**
     * Reads a page.
     *
     * @throws CorruptRecordException if it cannot be read
     */
    public static HandedPage decode(String path, byte[] bytes) {
        JsonRecordReader json = JsonRecordReader.open(path, bytes, SCHEMA);
        List<SubTask> tasks = new ArrayList<>();
        try {
            json.objects("tasks")
                    .forEach(task -> tasks.add(new SubTask(task.text("name"), task.textMap("parameters"))));
            return new HandedPage(new FailurePolicy(json.integer("tolerated"), json.flag("stopsEarly")), tasks);
        } catch (IllegalArgumentException e) {
            throw json.malformed("tasks", String.valueOf(e.getMessage()));
        }
    }
}
