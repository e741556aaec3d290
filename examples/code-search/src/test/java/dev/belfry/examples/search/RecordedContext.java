package dev.belfry.examples.search;

import dev.belfry.agent.JobContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** An attempt as an agent would give it to a handler, which records what the handler says. */
final class RecordedContext implements JobContext {
    final List<String> progress = new ArrayList<>();
    private final String job;
    private final int shard;
    private final int shardCount;
    private final long token;
    private final boolean cancelled;
    private byte @Nullable [] checkpoint;

    RecordedContext(String job, int shard, int shardCount, long token, boolean cancelled) {
        this.job = job;
        this.shard = shard;
        this.shardCount = shardCount;
        this.token = token;
        this.cancelled = cancelled;
    }

    @Override
    public String job() {
        return job;
    }

    @Override
    public String runId() {
        return job + "@" + scheduledTime();
    }

    @Override
    public int shard() {
        return shard;
    }

    @Override
    public int shardCount() {
        return shardCount;
    }

    @Override
    public Optional<String> shardParameter() {
        return Optional.empty();
    }

    @Override
    public Map<String, String> parameters() {
        return Map.of();
    }

    @Override
    public Instant scheduledTime() {
        return Instant.EPOCH.plusSeconds(token);
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public Duration leaseRemaining() {
        return cancelled ? Duration.ZERO : Duration.ofSeconds(10);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable hook) {
        if (cancelled) {
            hook.run();
        }
    }

    @Override
    public Optional<byte[]> checkpoint() {
        return Optional.ofNullable(checkpoint);
    }

    @Override
    public void checkpoint(byte[] data) {
        checkpoint = data.clone();
    }

    @Override
    public void progress(double fraction, String message) {
        progress.add(message);
    }

    @Override
    public Logger logger() {
        return NOPLogger.NOP_LOGGER;
    }
}
