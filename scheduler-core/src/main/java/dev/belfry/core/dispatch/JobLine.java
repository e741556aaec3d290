package dev.belfry.core.dispatch;

import dev.belfry.core.assign.Spread;
import dev.belfry.core.job.QueueCost;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job with what of it is queued and running. */
final class JobLine {
    QueuedJob terms;
    Needs needs;
    NamedQueue queue;

    @Nullable
    Spread spread;

    private MeasuredDurations measured = MeasuredDurations.NONE;
    private Optional<Duration> typical = Optional.empty();
    final Map<Lane.Variant, Lane> lanes = new LinkedHashMap<>();
    final Map<TaskId, Running> running = new LinkedHashMap<>();
    /** How many tasks run by the value of the label by which they are kept apart. */
    private final Map<String, Integer> apart = new HashMap<>();

    /** Rises whenever it is given an agent, and is never behind the clock: 1,024 to the millisecond. */
    long served;

    /** The agent that was given its last task, for going round. */
    @Nullable
    String lastAgent;

    @Nullable
    Bucket bucket;

    JobLine(QueuedJob terms, NamedQueue queue) {
        this.terms = terms;
        this.queue = queue;
        this.needs = Needs.of(terms.requires().resources());
        take(terms, queue);
    }

    /** Takes over a changed definition; its lanes must be laid out anew. */
    void take(QueuedJob changed, NamedQueue in) {
        terms = changed;
        queue = in;
        needs = Needs.of(changed.requires().resources());
        String key = changed.requires().spread();
        spread = key == null ? null : new Spread(key);
        measured(measured);
        apart.clear();
        running.values().forEach(this::keepApart);
    }

    void started(Running task) {
        running.put(task.dispatch.task().id(), task);
        keepApart(task);
        served = Math.max(served + 1, task.at * 1024);
        lastAgent = task.agent.id;
    }

    void ended(Running task) {
        running.remove(task.dispatch.task().id());
        if (task.apart != null) {
            apart.merge(task.apart, -1, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    private void keepApart(Running task) {
        task.apart = spread == null ? null : task.agent.valueOf(spread);
        if (task.apart != null) {
            apart.merge(task.apart, 1, Integer::sum);
        }
    }

    /** Whether a task of the job runs where the label has the value that it has on this agent. */
    boolean meetsItself(AgentRoom agent) {
        return spread != null && apart.containsKey(agent.valueOf(spread));
    }

    /** What decides within a slot before age does; the smaller is first. */
    long orderKey() {
        return switch (queue.rules.order()) {
            case FIFO -> 0;
            case LEAST_JOBS_FIRST -> running.size();
            case LEAST_RECENTLY_SERVED -> served;
            case SHORTEST_JOB_FIRST -> queue.rules.cost() == QueueCost.SPACE ? needs.memory() : typicalMillis();
        };
    }

    /** Whether the key changes when one of its tasks starts or ends. */
    boolean isKeyedByRunning() {
        return switch (queue.rules.order()) {
            case FIFO, SHORTEST_JOB_FIRST -> false;
            case LEAST_JOBS_FIRST, LEAST_RECENTLY_SERVED -> true;
        };
    }

    /** The median of what was measured; what is declared until enough are; empty if there is neither. */
    Optional<Duration> typical() {
        return typical;
    }

    /** The same in milliseconds, longer than anything if it is not known. */
    long typicalMillis() {
        return typical.isPresent() ? typical.get().toMillis() : Long.MAX_VALUE;
    }

    void measured(MeasuredDurations durations) {
        measured = durations;
        Duration declared = terms.queueing().cost();
        typical = declared != null && measured.count() < MeasuredDurations.ENOUGH_FOR_MEDIAN
                ? Optional.of(declared)
                : measured.median();
    }
}
