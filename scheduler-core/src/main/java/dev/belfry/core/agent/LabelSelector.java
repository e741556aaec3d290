package dev.belfry.core.agent;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A condition on an agent's labels: each key named must be present with one of the values listed for it.
 *
 * @param accepts label key to accepted values, none of them empty; sorted, unmodifiable
 */
public record LabelSelector(SortedMap<String, SortedSet<String>> accepts) {
    /** Matches every agent. */
    public static final LabelSelector ANY = new LabelSelector(new TreeMap<>());

    /** Copies; throws {@link IllegalArgumentException} when a key has no accepted value. */
    public LabelSelector {
        SortedMap<String, SortedSet<String>> copy = new TreeMap<>();
        accepts.forEach((key, values) -> {
            if (values.isEmpty()) {
                throw new IllegalArgumentException(
                        "label '" + key + "' lists no accepted value, so no agent could match");
            }
            copy.put(key, Collections.unmodifiableSortedSet(new TreeSet<>(values)));
        });
        accepts = Collections.unmodifiableSortedMap(copy);
    }

    /** Requires each label to have exactly the value given. */
    public static LabelSelector of(Map<String, String> labels) {
        SortedMap<String, SortedSet<String>> accepts = new TreeMap<>();
        labels.forEach((key, value) -> accepts.put(key, new TreeSet<>(Collections.singleton(value))));
        return new LabelSelector(accepts);
    }

    /** Requires each label to have one of the values given. */
    public static LabelSelector anyOf(Map<String, ? extends Collection<String>> labels) {
        SortedMap<String, SortedSet<String>> accepts = new TreeMap<>();
        labels.forEach((key, values) -> accepts.put(key, new TreeSet<>(values)));
        return new LabelSelector(accepts);
    }

    /** Whether the condition is empty. */
    public boolean isAny() {
        return accepts.isEmpty();
    }

    /** Whether an agent with these labels satisfies the condition. */
    public boolean matches(Map<String, String> labels) {
        return accepts.entrySet().stream().allMatch(wanted -> {
            String value = labels.get(wanted.getKey());
            return value != null && wanted.getValue().contains(value);
        });
    }
}
