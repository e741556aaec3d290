package dev.belfry.testkit.cluster;

import dev.belfry.core.shard.ShardRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every execution of user code in a simulation, kept by the user code and not by the product. Not thread-safe, like the
 * simulation.
 */
public final class Evidence {

    /** Sees executions begin and end. */
    interface Observer {
        /** It is about to begin; {@code earlier} are those of the same shard before it, in order of start. */
        void starts(Execution execution, List<Execution> earlier);

        void ended(Execution execution);
    }

    private final List<Execution> all = new ArrayList<>();
    private final Map<ShardRef, List<Execution>> byShard = new HashMap<>();
    private final List<Execution> running = new ArrayList<>();
    private final Observer observer;

    Evidence(Observer observer) {
        this.observer = observer;
    }

    void starts(Execution execution) {
        List<Execution> earlier = byShard.computeIfAbsent(execution.shard(), s -> new ArrayList<>());
        observer.starts(execution, earlier);
        earlier.add(execution);
        all.add(execution);
        running.add(execution);
    }

    void ended(Execution execution) {
        running.remove(execution);
        observer.ended(execution);
    }

    /** All executions in the order of their start. */
    public List<Execution> all() {
        return Collections.unmodifiableList(all);
    }

    /** Those of one shard in the order of their start. */
    public List<Execution> of(ShardRef shard) {
        return Collections.unmodifiableList(byShard.getOrDefault(shard, List.of()));
    }

    /** Those that run now, frozen ones included. */
    public List<Execution> running() {
        return Collections.unmodifiableList(running);
    }
}
