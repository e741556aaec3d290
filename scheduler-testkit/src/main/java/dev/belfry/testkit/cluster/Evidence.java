package dev.belfry.testkit.cluster;

import dev.belfry.core.ledger.FireId;
import dev.belfry.core.shard.ShardRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every execution of user code in a simulation, kept by the user code and not by the product. Not thread-safe, like the
 * simulation.
 */
public final class Evidence {

    /** Sees executions begin and end. */
    interface Observer {
        /**
         * It is about to begin.
         *
         * @param newest the one of the same shard with the greatest token so far; null for the first
         * @param sameFire those before it of the same fire of the same shard
         * @param beside those of the same shard that run now
         */
        void starts(Execution execution, @Nullable Execution newest, List<Execution> sameFire, List<Execution> beside);

        void ended(Execution execution);
    }

    private static final class History {
        private final List<Execution> executions = new ArrayList<>();
        private final Map<FireId, List<Execution>> byFire = new HashMap<>();
        private @Nullable Execution newest;
    }

    private final List<Execution> all = new ArrayList<>();
    private final Map<ShardRef, History> byShard = new HashMap<>();
    private final List<Execution> running = new ArrayList<>();
    private final Observer observer;

    Evidence(Observer observer) {
        this.observer = observer;
    }

    void starts(Execution execution) {
        History history = byShard.computeIfAbsent(execution.shard(), s -> new History());
        List<Execution> sameFire = history.byFire.computeIfAbsent(execution.fire(), f -> new ArrayList<>(1));
        List<Execution> beside = running.stream()
                .filter(other -> other.shard().equals(execution.shard()))
                .toList();
        observer.starts(execution, history.newest, sameFire, beside);
        if (history.newest == null || history.newest.token() < execution.token()) {
            history.newest = execution;
        }
        sameFire.add(execution);
        history.executions.add(execution);
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
        History history = byShard.get(shard);
        return history == null ? List.of() : Collections.unmodifiableList(history.executions);
    }

    /** Those that run now, frozen ones included. */
    public List<Execution> running() {
        return Collections.unmodifiableList(running);
    }
}
