package dev.belfry.core.job;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the value of a key looks like: how it is read and refused, written, named in errors and described in the JSON
 * Schema.
 *
 * @param <V> the value in the model
 */
interface Shape<V> {

    /** The value, or null if it was refused, which has then been reported. */
    @Nullable
    V read(Node node, String path, Reading reading);

    /**
     * The value as a plain tree of {@code String}, {@code Number}, {@code Boolean}, {@code List} and {@code Map}.
     *
     * @param defaults whether keys that have their default value are written as well
     */
    Object write(V value, boolean defaults);

    /** What is right, as it stands after "expected". */
    String words();

    /** The schema of the value as a plain tree; shared parts are registered in {@code parts}. */
    Map<String, Object> schema(SchemaParts parts);

    /** The forms directly within, for hints and the reference. */
    default List<Form<?>> forms() {
        return List.of();
    }

    /** Refuses a value of the wrong kind. */
    static void refuseKind(Node node, String path, Reading reading, String words) {
        boolean empty = node instanceof Node.Scalar scalar && scalar.type() == Node.Type.NULL;
        String message = empty ? "has no value" : "is " + node.kind();
        reading.report(node.at(), path, Complaint.of(message).expecting(words));
    }
}
