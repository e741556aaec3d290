package dev.belfry.core.queue;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Tasks by the instant at which a time-out ends their waiting. Not thread-safe. */
final class Deadlines {
    private final NavigableMap<Instant, Set<QueuedTask>> tasks = new TreeMap<>();
    private final Map<QueuedTask, Instant> instants = new HashMap<>();

    void set(QueuedTask task, Instant at) {
        clear(task);
        instants.put(task, at);
        tasks.computeIfAbsent(at, a -> new LinkedHashSet<>()).add(task);
    }

    void clear(QueuedTask task) {
        Instant at = instants.remove(task);
        if (at == null) {
            return;
        }
        Set<QueuedTask> others = tasks.get(at);
        if (others != null && others.remove(task) && others.isEmpty()) {
            tasks.remove(at);
        }
    }

    /** The earliest of them; empty if there is none. */
    Optional<Instant> first() {
        return tasks.isEmpty() ? Optional.empty() : Optional.of(tasks.firstKey());
    }

    /** A task whose waiting is over at {@code now}; empty if there is none. It stays until it is cleared. */
    Optional<QueuedTask> due(Instant now) {
        Map.Entry<Instant, Set<QueuedTask>> first = tasks.firstEntry();
        return first == null || first.getKey().isAfter(now)
                ? Optional.empty()
                : first.getValue().stream().findFirst();
    }
}
