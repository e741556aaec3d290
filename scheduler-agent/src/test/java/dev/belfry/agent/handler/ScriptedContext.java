package dev.belfry.agent.handler;

import dev.belfry.agent.JobContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An attempt of job {@code call} that a test controls. */
final class ScriptedContext implements JobContext {
    private final Map<String, String> parameters;
    private final List<Runnable> hooks = new CopyOnWriteArrayList<>();
    private volatile boolean cancelled;

    ScriptedContext(String... namesAndValues) {
        Map<String, String> given = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            given.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        parameters = Map.copyOf(given);
    }

    /** The signal, and the hooks as the agent would run them. */
    void cancel() {
        cancelled = true;
        hooks.forEach(Runnable::run);
    }

    boolean hasHook() {
        return !hooks.isEmpty();
    }

    @Override
    public String job() {
        return "call";
    }

    @Override
    public String runId() {
        return "uid1@2026-11-22T12:00:00Z";
    }

    @Override
    public int shard() {
        return 1;
    }

    @Override
    public int shardCount() {
        return 4;
    }

    @Override
    public Optional<String> shardParameter() {
        return Optional.of("us");
    }

    @Override
    public Map<String, String> parameters() {
        return parameters;
    }

    @Override
    public Instant scheduledTime() {
        return Instant.parse("2026-11-22T12:00:00Z");
    }

    @Override
    public int attempt() {
        return 2;
    }

    @Override
    public long fencingToken() {
        return 77;
    }

    @Override
    public Duration leaseRemaining() {
        return Duration.ofSeconds(5);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable hook) {
        if (cancelled) {
            hook.run();
        } else {
            hooks.add(hook);
        }
    }

    @Override
    public Optional<byte[]> checkpoint() {
        return Optional.empty();
    }

    @Override
    public void checkpoint(byte[] data) {}

    @Override
    public void progress(double fraction, String message) {}

    @Override
    public Logger logger() {
        return LoggerFactory.getLogger("dev.belfry.job.call");
    }
}
