package dev.belfry.core.job;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an agent must have to be given a shard.
 *
 * @param labels label to the values that will do; all labels must match; in the order of the labels
 * @param spread the label of which no two shards of the job may meet the same value, such as {@code zone} or {@code host};
 *     null for none
 * @param exclusive a group: no two jobs of the group share an agent; null for none
 */
public record Requirements(
        Map<String, List<String>> labels,
        Resources resources,
        @Nullable String spread,
        @Nullable String exclusive) {

    /** Any agent that has the handler and a free slot. */
    public static final Requirements NONE = new Requirements(Map.of(), Resources.ONE_SLOT, null, null);

    public Requirements {
        labels = Ordered.copyOfLists(labels);
        Objects.requireNonNull(resources, "resources");
    }
}
