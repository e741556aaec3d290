package dev.belfry.agent.loop;

import dev.belfry.core.shard.ShardRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shards that one incarnation has, in the order in which they came, and those of each job. Not thread-safe; owned by the
 * agent's loop.
 */
final class HeldShards {
    private final Map<ShardRef, OwnedShard> all = new LinkedHashMap<>();
    /** By uid: a definition that changes concerns a few of many. */
    private final Map<String, Map<ShardRef, OwnedShard>> byJob = new HashMap<>();

    @Nullable
    OwnedShard get(ShardRef ref) {
        return all.get(ref);
    }

    boolean has(ShardRef ref) {
        return all.containsKey(ref);
    }

    int count() {
        return all.size();
    }

    /** Those there are now. */
    List<OwnedShard> copy() {
        return List.copyOf(all.values());
    }

    Collection<OwnedShard> all() {
        return all.values();
    }

    /** Those of a job that there are now. */
    List<OwnedShard> of(String jobUid) {
        return List.copyOf(byJob.getOrDefault(jobUid, Map.of()).values());
    }

    void put(OwnedShard shard) {
        all.put(shard.ref, shard);
        byJob.computeIfAbsent(shard.job, uid -> new LinkedHashMap<>()).put(shard.ref, shard);
    }

    void remove(OwnedShard shard) {
        all.remove(shard.ref);
        Map<ShardRef, OwnedShard> ofJob = byJob.get(shard.job);
        if (ofJob != null) {
            ofJob.remove(shard.ref);
            if (ofJob.isEmpty()) {
                byJob.remove(shard.job);
            }
        }
    }
}
