package dev.belfry.core.job;

import dev.belfry.core.schedule.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is declared about a job. Immutable; equal if every part is.
 *
 * <p>Come by one with {@link Definitions#parse}, {@link Job} or {@link DefinitionJson#decode}: these check every rule of the
 * format. The constructor checks each part for itself, but not rules between parts, such as that only a queued job has a
 * priority.
 *
 * @param name {@code [a-z0-9][a-z0-9._-]{0,127}}
 * @param description for people, may be empty
 * @param handler what the agents run; the name unless declared otherwise
 * @param enabled whether it fires at all
 * @param schedule its triggers and the calendars that they use
 * @param upstreams the jobs after which it runs
 * @param shards its layout; a single shard for a broadcast job, whose shards are the agents
 * @param strategy one that fits the placement; of no meaning for broadcast jobs
 * @param prefers labels of agents that are better than others, in the shape of {@link Requirements#labels}
 * @param weight the load of a shard, relative to 1.0; above 0
 * @param rejoinGrace how long a restarting agent's shards wait for it; zero for not at all
 * @param tolerance how long after its instant a fire may be without an outcome before the master raises an event; null for what
 *     the time-outs say
 * @param alerts who is told of that event
 * @param priority from 0, lowest, to 9; looked at for queued jobs only
 * @param queueing how its tasks stand in line; looked at for queued jobs only
 * @param parameters for the job's code, in the order of their names
 */
public record JobDefinition(
        String name,
        String description,
        String handler,
        boolean enabled,
        Schedule schedule,
        Upstreams upstreams,
        ShardLayout shards,
        Placement placement,
        Strategy strategy,
        Requirements requires,
        Map<String, List<String>> prefers,
        double weight,
        Overlap overlap,
        Misfire misfire,
        Recovery recovery,
        Duration rejoinGrace,
        Timeouts timeouts,
        @Nullable Duration tolerance,
        JobAlerts alerts,
        Retry retry,
        int priority,
        Queueing queueing,
        Map<String, String> parameters) {

    static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,127}");
    static final int DEFAULT_PRIORITY = 5;

    public JobDefinition {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a job name: " + Complaint.quote(name));
        }
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(handler, "handler");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(upstreams, "upstreams");
        Objects.requireNonNull(shards, "shards");
        Objects.requireNonNull(placement, "placement");
        Objects.requireNonNull(strategy, "strategy");
        Objects.requireNonNull(requires, "requires");
        Objects.requireNonNull(overlap, "overlap");
        Objects.requireNonNull(misfire, "misfire");
        Objects.requireNonNull(recovery, "recovery");
        Objects.requireNonNull(timeouts, "timeouts");
        Objects.requireNonNull(alerts, "alerts");
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(queueing, "queueing");
        prefers = Ordered.copyOfLists(prefers);
        parameters = Ordered.copyOf(parameters);
        if (tolerance != null && (tolerance.isNegative() || tolerance.isZero())) {
            throw new IllegalArgumentException("job " + name + ": the tolerance is not positive: " + tolerance);
        }
        if (!(weight > 0) || rejoinGrace.isNegative() || priority < 0 || priority > 9) {
            throw new IllegalArgumentException("job " + name + ": impossible weight " + weight + ", rejoin grace "
                    + rejoinGrace + " or priority " + priority);
        }
    }

    /**
     * Whether the master queues a run for each instant of its schedule. The trigger of a job that runs after others makes no
     * fires: it only holds the job back within a workflow run.
     */
    public boolean isQueuedBySchedule() {
        return placement == Placement.QUEUED && upstreams.after().isEmpty();
    }

    /** What it asks for that this version cannot run; empty if it can be applied. */
    public List<LaterFeature> laterFeatures() {
        List<LaterFeature> later = new ArrayList<>();
        if (strategy == Strategy.BROADCAST) {
            later.add(new LaterFeature("strategy", "a task for every agent"));
        }
        return List.copyOf(later);
    }
}
