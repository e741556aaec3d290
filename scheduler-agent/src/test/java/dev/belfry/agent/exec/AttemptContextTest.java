package dev.belfry.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.agent.JobContext;
import dev.belfry.agent.LogLines;
import dev.belfry.core.job.Job;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.Placement;
import dev.belfry.core.job.TriggerRule;
import dev.belfry.core.shard.ShardRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AttemptContextTest {

    private static JobContext contextOf(JobDefinition definition, ShardRef shard) throws Exception {
        CompletableFuture<JobContext> seen = new CompletableFuture<>();
        try (Pool pool = new Pool(seen::complete, 1)) {
            pool.start(definition, shard, Optional.empty(), task -> {}).end();
        }
        return seen.get();
    }

    @Test
    void factsAreThoseOfTheOrderAndTheDefinition() throws Exception {
        JobDefinition definition = Job.named("index")
                .handler("work")
                .manual()
                .shards(List.of("eu", "us", "asia"))
                .parameter("language", "en")
                .build();
        JobContext context = contextOf(definition, ShardRef.numbered("uid1", 1, 3, 1));
        assertThat(context.job()).isEqualTo("index");
        assertThat(context.runId()).isEqualTo("uid1@2026-11-22T12:00:00Z");
        assertThat(context.shard()).isEqualTo(1);
        assertThat(context.shardCount()).isEqualTo(3);
        assertThat(context.shardParameter()).contains("us");
        assertThat(context.parameters()).containsExactly(java.util.Map.entry("language", "en"));
        assertThatThrownBy(() -> context.parameters().put("a", "b")).isInstanceOf(UnsupportedOperationException.class);
        assertThat(context.scheduledTime()).isEqualTo(Pool.DUE);
        assertThat(context.attempt()).isEqualTo(3);
        assertThat(context.fencingToken()).isEqualTo(101);
        assertThat(context.checkpoint()).isEmpty();
        assertThat(context.leaseRemaining()).isEqualTo(Duration.ofSeconds(5));
        assertThat(context.logger().getName()).isEqualTo("dev.belfry.job.index");
    }

    @Test
    void broadcastAttemptIsTheOnlyShardOfItsAgent() throws Exception {
        JobDefinition definition = Job.named("clean")
                .handler("work")
                .manual()
                .placement(Placement.BROADCAST)
                .build();
        JobContext context = contextOf(definition, ShardRef.broadcast("uid1", "agent-7"));
        assertThat(context.shard()).isZero();
        assertThat(context.shardCount()).isEqualTo(1);
        assertThat(context.shardParameter()).isEmpty();
    }

    @Test
    void queuedRunHasTheLayoutOfTheVersionThatOwesIt() throws Exception {
        JobDefinition definition = Job.named("index")
                .handler("work")
                .manual()
                .shards(List.of("eu", "us"))
                .build();
        JobContext context = contextOf(definition, ShardRef.queued("uid1", 2, 1));
        assertThat(context.shardCount()).isEqualTo(2);
        assertThat(context.shardParameter()).contains("us");
        JobContext other = contextOf(definition, ShardRef.queued("uid1", 5, 4));
        assertThat(other.shardCount()).isEqualTo(5);
        assertThat(other.shardParameter()).isEmpty();
    }

    @Test
    void outputOfAQueuedRunReachesTheAgentBeforeTheEndAndWhatCannotBeKeptIsRefused() throws Exception {
        List<String> refused = new CopyOnWriteArrayList<>();
        String large = "\"" + "x".repeat(JobContext.MAX_OUTPUT_BYTES - 2) + "\"";
        String deep = "[".repeat(33) + "]".repeat(33);
        JobDefinition definition = Job.named("index").handler("work").manual().build();
        try (Pool pool = new Pool(
                context -> {
                    for (String output : List.of("1", large, large + " ", "{\"a\":", "", "1 2", deep)) {
                        try {
                            context.output(output);
                        } catch (IllegalArgumentException e) {
                            refused.add(e.getMessage());
                        }
                    }
                    context.checkpoint(new byte[JobContext.MAX_QUEUED_CHECKPOINT_BYTES]);
                    assertThatThrownBy(() -> context.checkpoint(new byte[JobContext.MAX_QUEUED_CHECKPOINT_BYTES + 1]))
                            .hasMessageContaining("65537 bytes, more than the 65536");
                },
                1)) {
            Pool.Told told = pool.start(definition, ShardRef.queued("uid1", 1, 0), Optional.empty(), task -> {});
            assertThat(told.end()).matches(end -> end.succeeded(), "succeeded");
            assertThat(told.outputs).last().isEqualTo(large);
        }
        assertThat(refused).hasSize(5);
        assertThat(refused.get(0)).contains("65537 bytes, more than the 65536");
        assertThat(refused.get(1)).contains("is not JSON");
    }

    @Test
    void outputsOfUpstreamsAreReadByNameAndOtherNamesAreRefused() throws Exception {
        Job job = Job.named("index").handler("work").placement(Placement.QUEUED);
        JobContext context = contextOf(
                job.after(TriggerRule.ALL_SUCCESS, "before", "silent").build(), ShardRef.queued("uid1", 1, 0));
        assertThat(context.upstream("before")).contains("{\"rows\": 7}");
        assertThat(context.upstream("silent")).isEmpty();
        assertThatThrownBy(() -> context.upstream("other"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'other' is no upstream of job index, which runs after before, silent");
        JobDefinition alone = Job.named("index").handler("work").manual().build();
        JobContext without = contextOf(alone, ShardRef.numbered("uid1", 1, 1, 0));
        assertThatThrownBy(() -> without.upstream("before"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'before' is no upstream of job index, which runs after no other");
    }

    @Test
    void runThatIsNotQueuedHasNoOutput() throws Exception {
        JobDefinition definition = Job.named("index").handler("work").manual().build();
        JobContext context = contextOf(definition, ShardRef.numbered("uid1", 1, 1, 0));
        assertThatThrownBy(() -> context.output("1")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void checkpointsAreCopiedAndTheNewestReachesTheAgentBeforeTheEnd() throws Exception {
        CompletableFuture<JobContext> seen = new CompletableFuture<>();
        try (Pool pool = new Pool(
                context -> {
                    assertThat(context.checkpoint()).hasValue(new byte[] {1});
                    byte[] data = {2};
                    context.checkpoint(data);
                    data[0] = 9;
                    assertThat(context.checkpoint()).hasValue(new byte[] {2});
                    context.checkpoint().orElseThrow()[0] = 9;
                    context.checkpoint(new byte[] {3});
                    context.progress(0.5, "x".repeat(300));
                    seen.complete(context);
                },
                1)) {
            JobDefinition definition =
                    Job.named("index").handler("work").manual().build();
            Pool.Told told =
                    pool.start(definition, ShardRef.numbered("uid1", 1, 1, 0), Optional.of(new byte[] {1}), task -> {});
            assertThat(told.end().message()).isEmpty();
            assertThat(told.checkpoints.get(told.checkpoints.size() - 1)).containsExactly(3);
            assertThat(told.progress).containsExactly("0.5 " + "x".repeat(200));
            seen.get().checkpoint(new byte[] {4});
            seen.get().progress(1, "too late");
            pool.on(() -> true);
            assertThat(told.checkpoints.get(told.checkpoints.size() - 1)).containsExactly(3);
            assertThat(told.progress).hasSize(1);
        }
    }

    @Test
    void floodOfReportsIsOneEventAtATime() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch flooded = new CountDownLatch(1);
        try (Pool pool = new Pool(
                context -> {
                    for (int i = 0; i <= 100_000; i++) {
                        context.progress(i / 100_000.0, "step");
                        context.checkpoint(new byte[] {(byte) i});
                    }
                    flooded.countDown();
                    hold.await();
                },
                1)) {
            CountDownLatch busy = new CountDownLatch(1);
            Pool.Told told = pool.start();
            pool.loop.execute(() -> awaitQuietly(busy));
            assertThat(flooded.await(20, TimeUnit.SECONDS)).isTrue();
            busy.countDown();
            Awaitility.await().until(() -> told.progress.contains("1.0 step"));
            hold.countDown();
            told.end();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithAReason() throws Exception {
        JobContext context =
                contextOf(Job.named("index").handler("work").manual().build(), ShardRef.numbered("uid1", 1, 1, 0));
        assertThatThrownBy(() -> context.checkpoint(new byte[16 * 1024 + 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16385 bytes")
                .hasMessageContaining("elsewhere");
        for (double bad : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> context.progress(bad, "")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void logEntriesOfTheAttemptCarryItsMarks() throws Exception {
        try (LogLines log = new LogLines("dev.belfry.job");
                Pool pool = new Pool(context -> context.logger().info("at work"), 1)) {
            pool.start().end();
            assertThat(log.lines()).containsExactly("INFO at work");
            assertThat(log.marks().get(0))
                    .containsEntry("job", "index")
                    .containsEntry("shard", "2")
                    .containsEntry("run", "uid1@2026-11-22T12:00:00Z")
                    .containsEntry("attempt", "3");
        }
    }
}
