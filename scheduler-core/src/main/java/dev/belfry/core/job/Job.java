package dev.belfry.core.job;

import dev.belfry.core.schedule.BusinessCalendar;
import dev.belfry.core.schedule.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Declares a job in code. Every value goes through the same validation as one in a file; {@link #build} reports everything that
 * is wrong at once. Methods may be called in any order, except that those about a trigger concern the one begun last.
 *
 * <pre>{@code
 * Job.named("index").cron("0/5 * * * * ?").zone("Europe/Berlin").shards(8).build()
 * }</pre>
 *
 * <p>Mutable, for use by one thread. Unless a method says otherwise, a second call replaces the first.
 */
public final class Job {

    private final Map<String, Object> keys = new LinkedHashMap<>();
    private final List<Map<String, Object>> triggers = new ArrayList<>();
    private final List<Map<String, Object>> conditions = new ArrayList<>();
    private final Map<String, Object> strayOptions = new LinkedHashMap<>();
    private final String name;

    private Job(String name) {
        this.name = name;
        keys.put("name", name);
    }

    /** Begins a job; the name is {@code [a-z0-9][a-z0-9._-]{0,127}}. */
    public static Job named(String name) {
        return new Job(name);
    }

    /** Text for people. */
    public Job description(String text) {
        return put("description", text);
    }

    /** The handler that agents run, if it is not called like the job. */
    public Job handler(String handler) {
        return put("handler", handler);
    }

    /** Begins a trigger by a cron expression of the Quartz dialect. */
    public Job cron(String expression) {
        return trigger("cron", expression);
    }

    /** Begins a trigger at a fixed rate. */
    public Job every(Duration interval) {
        return trigger("every", duration(interval));
    }

    /** Sets the only trigger: so long after the end of the previous run. */
    public Job delay(Duration delay) {
        return trigger("delay", duration(delay));
    }

    /** Begins a trigger at given instants. */
    public Job at(Instant... instants) {
        List<Object> texts = new ArrayList<>();
        for (Instant instant : instants) {
            texts.add(instant.toString());
        }
        return trigger("at", texts);
    }

    /** Sets the only trigger: by hand. */
    public Job manual() {
        return trigger("manual", true);
    }

    /** The zone of the trigger, such as {@code Europe/Berlin}. */
    public Job zone(String zone) {
        return option("zone", zone);
    }

    /** The first instant at which the trigger may fire. */
    public Job start(Instant start) {
        return option("start", start.toString());
    }

    /** The first instant at which the trigger may not fire any more. */
    public Job end(Instant end) {
        return option("end", end.toString());
    }

    /** The instant from which {@link #every} counts. */
    public Job anchor(Instant anchor) {
        return option("anchor", anchor.toString());
    }

    /** Each fire of the trigger is delayed by up to this. */
    public Job jitter(Duration most) {
        return option("jitter", duration(most));
    }

    /** What a cron trigger does where the clock changes, in the words of the format: {@code skip}, {@code both} and so on. */
    public Job dst(String gap, String overlap) {
        return option("dst", Map.of("gap", gap, "overlap", overlap));
    }

    /** The calendar of the trigger. */
    public Job calendar(BusinessCalendar calendar) {
        inner("calendars").put(calendar.name(), CalendarForm.FORM.write(calendar, false));
        return option("calendar", calendar.name());
    }

    /** The number of shards, 1 to 100,000. */
    public Job shards(int count) {
        return put("shards", count);
    }

    /** One shard for each parameter. */
    public Job shards(List<String> parameters) {
        return put("shards", List.copyOf(parameters));
    }

    /** Who runs the shards. */
    public Job placement(Placement placement) {
        return put("placement", Scalars.nameOf(placement));
    }

    /** How the shards of a sticky job are spread, or which agent with room runs a task of a queued job. */
    public Job strategy(Strategy strategy) {
        return put("strategy", Scalars.nameOf(strategy));
    }

    /** Only agents that have the label with one of the values. Further labels add up. */
    public Job requireLabel(String label, String... values) {
        return label("requires", label, values);
    }

    /** Rather agents that have the label with one of the values. Further labels add up. */
    public Job preferLabel(String label, String... values) {
        return label("prefers", label, values);
    }

    /** Attempts that one attempt counts for. */
    public Job slots(int slots) {
        return resource("slots", slots);
    }

    /** Processors that an attempt of a queued job takes. */
    public Job cpu(double cpu) {
        return resource("cpu", cpu);
    }

    /** Bytes of memory that an attempt of a queued job takes. */
    public Job memory(long bytes) {
        return resource("memory", bytes < 0 ? bytes + "B" : ByteSize.format(bytes));
    }

    /**
     * Shards apart by the values of a label, such as {@code zone}, {@code host} or {@code agent}, among the agents that may have
     * the job: of a sticky job no value has more than its part of the shards, rounded up, and so a value that is alone has all;
     * of a queued job no two tasks run at once where the value is the same.
     */
    public Job spread(String label) {
        inner("requires").put("spread", label);
        return this;
    }

    /** No two jobs of the group on one agent. */
    public Job exclusive(String group) {
        inner("requires").put("exclusive", group);
        return this;
    }

    /** The load of a shard relative to 1.0. */
    public Job weight(double weight) {
        return put("weight", weight);
    }

    /** What happens to a fire of a shard that is still running, with the default limit. */
    public Job overlap(OverlapPolicy policy) {
        return put("overlap", Scalars.nameOf(policy));
    }

    /** What happens to a fire of a shard that is still running. */
    public Job overlap(OverlapPolicy policy, int limit) {
        return put("overlap", mapping("policy", Scalars.nameOf(policy), "limit", limit));
    }

    /** What becomes of fires that could not start in time. */
    public Job misfire(Misfire misfire) {
        return put("misfire", PolicyForms.MISFIRE.write(misfire, false));
    }

    /** What becomes of an attempt cut short by the loss of its agent. */
    public Job recovery(Recovery recovery) {
        return put("recovery", Scalars.nameOf(recovery));
    }

    /** How long after its instant a fire may be without an outcome before the master raises an event; from 1 s. */
    public Job tolerance(Duration tolerance) {
        return put("tolerance", duration(tolerance));
    }

    /** Who is told of overdue fires and runs of this job, and until when nobody is. */
    public Job alerts(JobAlerts alerts) {
        return put("alerts", AlertsForm.FORM.write(alerts, false));
    }

    /** How long the shards of a restarting agent wait for it. */
    public Job rejoinGrace(Duration grace) {
        return put("rejoin-grace", duration(grace));
    }

    /** How long things may take. */
    public Job timeouts(Timeouts timeouts) {
        return put("timeouts", PolicyForms.TIMEOUTS.write(timeouts, false));
    }

    /** When a failed attempt is tried again. */
    public Job retry(Retry retry) {
        return put("retry", RetryForm.FORM.write(retry, false));
    }

    /** The upstream jobs of a workflow and the rule by which their outcomes count. */
    public Job after(TriggerRule rule, String... jobs) {
        put("rule", Scalars.nameOf(rule));
        return put("after", List.of(jobs));
    }

    /**
     * What must hold of an upstream's output, too, or the job is skipped. Further ones add up.
     *
     * @param path a JSON pointer such as {@code /count}; empty for the whole output
     * @param is a comparison such as {@code > 0}
     */
    public Job when(String upstream, String path, String is) {
        conditions.add(mapping("upstream", upstream, "path", path, "is", is));
        return put("when", conditions);
    }

    /** The priority of a queued job, 0 lowest to 9 highest. */
    public Job priority(int priority) {
        return put("priority", priority);
    }

    /** The queue in which tasks of a queued job wait. */
    public Job queue(String queue) {
        return put("queue", queue);
    }

    /** The most tasks of a queued job that run at once. */
    public Job concurrency(int most) {
        return put("concurrency", most);
    }

    /** The pools of which each task of a queued job takes one slot. */
    public Job pool(String... pools) {
        return put("pool", List.of(pools));
    }

    /** The most tasks of a queued job that start in a time. */
    public Job rate(StartRate rate) {
        return put("rate", rate.toString());
    }

    /** How long a task of a queued job takes, until enough are measured. */
    public Job cost(Duration expected) {
        return put("cost", duration(expected));
    }

    /** When an attempt of a queued job gets a second one beside it on another agent. */
    public Job backupAfter(BackupAfter after) {
        return put("backup-after", after.toString());
    }

    /** A parameter for the job's code. Further ones add up. */
    public Job parameter(String key, String value) {
        inner("parameters").put(key, value);
        return this;
    }

    /** Whether the job fires. */
    public Job enabled(boolean enabled) {
        return put("enabled", enabled);
    }

    /**
     * The definition.
     *
     * @throws IllegalDefinitionException if anything is wrong, with all of it
     */
    public JobDefinition build() {
        Reading reading = new Reading("");
        strayOptions
                .keySet()
                .forEach(option -> reading.report(
                        Position.NONE,
                        Paths.key("trigger", option),
                        Complaint.of("is set before any trigger").expecting("cron, every, delay or at first")));
        Map<String, Object> all = new LinkedHashMap<>(keys);
        if (!triggers.isEmpty()) {
            all.put("trigger", triggers.size() == 1 ? triggers.get(0) : triggers);
        }
        JobDefinition job = JobForm.FORM.read(Node.of(all), "", reading);
        if (job == null || reading.found() > 0) {
            throw new IllegalDefinitionException("job " + Complaint.quote(name), reading.errors());
        }
        return job;
    }

    private Job put(String key, Object value) {
        keys.put(key, value);
        return this;
    }

    private Job trigger(String kind, Object value) {
        triggers.add(mapping(kind, value));
        return this;
    }

    private Job option(String key, Object value) {
        (triggers.isEmpty() ? strayOptions : triggers.get(triggers.size() - 1)).put(key, value);
        return this;
    }

    private Job label(String key, String label, String... values) {
        inner(inner(key), "labels").put(label, List.of(values));
        return this;
    }

    private Job resource(String key, Object value) {
        inner(inner("requires"), "resources").put(key, value);
        return this;
    }

    private Map<String, Object> inner(String key) {
        return inner(keys, key);
    }

    @SuppressWarnings("unchecked") // only this method puts values under these keys
    private static Map<String, Object> inner(Map<String, Object> outer, String key) {
        return (Map<String, Object>) outer.computeIfAbsent(key, absent -> new LinkedHashMap<String, Object>());
    }

    private static Map<String, Object> mapping(Object... keysAndValues) {
        Map<String, Object> mapping = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            mapping.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return mapping;
    }

    /** A negative duration has no text in the format; its ISO form is refused with its value. */
    private static String duration(Duration duration) {
        return duration.isNegative() ? duration.toString() : Durations.format(duration);
    }
}
