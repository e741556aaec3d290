package dev.belfry.agent.exec;

import dev.belfry.agent.JobHandler;
import dev.belfry.agent.loop.Attempts;
import dev.belfry.agent.loop.ThreadLoop;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.TimeoutAction;
import dev.belfry.core.job.Timeouts;
import dev.belfry.core.ledger.CheckpointRecord;
import dev.belfry.core.ledger.FireId;
import dev.belfry.core.shard.AttemptEnd;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.version.Author;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A pool under test on a real loop, and attempts of one-handler jobs in it. */
final class Pool implements AutoCloseable {
    static final Instant DUE = Instant.parse("2026-11-22T12:00:00Z");

    final ThreadLoop loop = ThreadLoop.start("test-loop");
    final ThreadAttempts attempts;
    volatile long leaseNanos = Duration.ofSeconds(5).toNanos();
    private long token = 100;

    Pool(JobHandler handler, PoolLimits limits) {
        attempts = new ThreadAttempts(loop, "test-attempt", Map.of("work", handler, "command", handler), limits);
    }

    Pool(JobHandler handler, int slots) {
        this(handler, PoolLimits.of(slots));
    }

    /** What an attempt has told, on the loop. */
    final class Told implements Attempts.Listener {
        final long token;
        final ShardRef shard;
        final CompletableFuture<AttemptEnd> end = new CompletableFuture<>();
        final CompletableFuture<Boolean> abandoned = new CompletableFuture<>();
        final List<byte[]> checkpoints = new CopyOnWriteArrayList<>();
        final List<String> outputs = new CopyOnWriteArrayList<>();
        final List<String> progress = new CopyOnWriteArrayList<>();

        Told(ShardRef shard, long token) {
            this.shard = shard;
            this.token = token;
        }

        @Override
        public void ended(AttemptEnd how) {
            if (!loop.isCurrent() || !end.complete(how)) {
                throw new AssertionError("told twice, or not on the loop");
            }
        }

        @Override
        public void abandoned() {
            abandoned.complete(loop.isCurrent());
        }

        @Override
        public void checkpoint(byte[] data) {
            checkpoints.add(data);
        }

        @Override
        public void output(byte[] json) {
            if (end.isDone()) {
                throw new AssertionError("told after the end");
            }
            outputs.add(new String(json, StandardCharsets.UTF_8));
        }

        @Override
        public void progress(double fraction, String message) {
            progress.add(fraction + " " + message);
        }

        AttemptEnd end() throws Exception {
            return end.get(20, TimeUnit.SECONDS);
        }

        void stop(String reason) throws Exception {
            on(() -> {
                attempts.stop(shard, token, reason);
                return true;
            });
        }

        boolean endedWithin(Duration time) throws Exception {
            try {
                end.get(time.toNanos(), TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            }
        }
    }

    <T> T on(Supplier<T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(20, TimeUnit.SECONDS);
    }

    /** The parameters as they stand, and an output of a job {@code before}. */
    private static Attempts.Inputs inputs(JobDefinition definition) {
        return new Attempts.Inputs(definition.parameters(), Map.of("before", "{\"rows\": 7}"));
    }

    static Timeouts grace(Duration grace) {
        return new Timeouts(null, null, null, null, TimeoutAction.CANCEL, grace);
    }

    static JobRecord record(JobDefinition definition) {
        JobVersion version = new JobVersion(
                1, Instant.EPOCH, Instant.EPOCH, 1, definition, false, new Author(Author.Origin.OPERATOR, "test", ""));
        return new JobRecord(definition.name(), "uid1", List.of(version), List.of(), Optional.empty());
    }

    Told start() throws Exception {
        return start(job -> job, task -> {});
    }

    Told start(UnaryOperator<Job> job) throws Exception {
        return start(job, task -> {});
    }

    Told start(UnaryOperator<Job> job, Consumer<Attempts.Task> look) throws Exception {
        JobDefinition definition =
                job.apply(Job.named("index").handler("work").manual().shards(4)).build();
        ShardRef shard = ShardRef.numbered("uid1", 1, definition.shards().count(), 2);
        return start(definition, shard, Optional.empty(), look);
    }

    Told start(JobDefinition definition, ShardRef shard, Optional<byte[]> left, Consumer<Attempts.Task> look)
            throws Exception {
        FireId fire = FireId.scheduled(DUE);
        Told told = new Told(shard, ++token);
        Attempts.Task task = new Attempts.Task(
                new AttemptOrder(shard, fire, 3, told.token, Optional.empty(), ""),
                record(definition),
                definition,
                inputs(definition),
                left.map(data -> new CheckpointRecord(fire, told.token - 1, data)),
                () -> leaseNanos);
        look.accept(task);
        on(() -> {
            attempts.start(task, told);
            return true;
        });
        return told;
    }

    @Override
    public void close() {
        try {
            on(() -> {
                attempts.close();
                return true;
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        if (!loop.shutdown(Duration.ofSeconds(20))) {
            throw new AssertionError("the loop did not end");
        }
    }
}
