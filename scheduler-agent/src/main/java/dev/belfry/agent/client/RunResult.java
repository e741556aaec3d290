package dev.belfry.agent.client;

import dev.belfry.core.run.Outcome;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a queued run came to.
 *
 * @param shards the outcome of each shard, by its number; {@link Outcome#UNKNOWN} where the journal does not list it any more
 */
public record RunResult(String runId, Map<Integer, Outcome> shards) {

    public RunResult {
        shards = Collections.unmodifiableMap(new TreeMap<>(shards));
    }

    /** The worst of its shards' outcomes. */
    public Outcome outcome() {
        return Outcome.worst(shards.values());
    }

    /** Whether every shard succeeded. */
    public boolean succeeded() {
        return outcome() == Outcome.SUCCEEDED;
    }
}
