package dev.belfry.core.assign;

import dev.belfry.core.ownership.LayoutKey;
import dev.belfry.core.ownership.Release;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** What hand-overs list, by layout: for each shard the {@code since} that was let go of. */
final class Releases {
    private final Map<LayoutKey, Map<Integer, Long>> byLayout = new HashMap<>();

    Releases(Collection<Release> releases) {
        for (Release release : releases) {
            byLayout.computeIfAbsent(release.shard().of(), key -> new HashMap<>())
                    .put(release.shard().shard(), release.since().value());
        }
    }

    Map<Integer, Long> of(LayoutKey layout) {
        return byLayout.isEmpty() ? Map.of() : byLayout.getOrDefault(layout, Map.of());
    }
}
