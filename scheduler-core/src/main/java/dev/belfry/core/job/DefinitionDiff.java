package dev.belfry.core.job;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between two definitions, key by key, defaults included. Pure functions. */
public final class DefinitionDiff {

    /** Stands for a key that has neither a value nor a default. */
    public static final String NONE = "(none)";

    private DefinitionDiff() {}

    /**
     * One key with different values.
     *
     * @param path such as {@code misfire.threshold}
     * @param before as it would be written in JSON, text without quotes; {@link #NONE} for no value
     * @param after likewise
     */
    public record FieldChange(String path, String before, String after) {}

    /** The keys that differ, in the order of the format; empty if the definitions are equal. */
    public static List<FieldChange> between(JobDefinition before, JobDefinition after) {
        List<FieldChange> changes = new ArrayList<>();
        compare("", JobForm.FORM.write(before, true), JobForm.FORM.write(after, true), changes);
        return List.copyOf(changes);
    }

    private static void compare(
            String path, @Nullable Object before, @Nullable Object after, List<FieldChange> changes) {
        if (Objects.equals(before, after)) {
            return;
        }
        if (!(before instanceof Map<?, ?> left) || !(after instanceof Map<?, ?> right)) {
            changes.add(new FieldChange(path, text(before), text(after)));
            return;
        }
        Set<Object> keys = new LinkedHashSet<>(left.keySet());
        keys.addAll(right.keySet());
        for (Object key : keys) {
            compare(Paths.key(path, (String) key), left.get(key), right.get(key), changes);
        }
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return NONE;
        }
        return value instanceof String string ? string : JsonText.compact(value);
    }
}
