package dev.belfry.agent.exec;

import dev.belfry.agent.JobContext;
import dev.belfry.agent.loop.Attempts;
import dev.belfry.core.job.JobDefinition;
import dev.belfry.core.job.ShardLayout;
import dev.belfry.core.shard.AttemptOrder;
import dev.belfry.core.shard.ShardRef;
import dev.belfry.core.value.Output;
import dev.belfry.core.version.JobRecord;
import dev.belfry.core.version.JobVersion;
import dev.belfry.core.workflow.FailurePolicy;
import dev.belfry.core.workflow.SplitPage;
import dev.belfry.core.workflow.SubTask;
import dev.belfry.core.workflow.SubTaskId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An attempt as its handler sees it. Nothing that it offers waits for anything. */
final class AttemptContext implements JobContext {
    private static final int LONGEST_MESSAGE = 200;

    private final Attempt attempt;
    private final AttemptOrder order;
    private final JobRecord job;
    private final Map<String, String> parameters;
    private final ShardLayout layout;
    private final HandedIn handedIn = new HandedIn();

    AttemptContext(Attempt attempt) {
        this.attempt = attempt;
        this.order = attempt.task().order();
        this.job = attempt.task().job();
        this.parameters = attempt.task().inputs().parameters();
        this.layout = layout(attempt.task());
    }

    /** The layout that the shard belongs to: that of the definition by which it goes, unless its layout is another one. */
    private static ShardLayout layout(Attempts.Task task) {
        ShardRef shard = task.order().shard();
        if (shard.isBroadcast()) {
            return ShardLayout.SINGLE;
        }
        ShardLayout declared = shard.isQueued()
                ? task.definition().shards()
                : owned(task.job(), task.order()).shards();
        return declared.count() == shard.shards() ? declared : ShardLayout.of(shard.shards());
    }

    private static JobDefinition owned(JobRecord job, AttemptOrder order) {
        JobVersion version = job.at(order.fire().due());
        for (int i = job.versions().size() - 1;
                i >= 0 && version.layout() != order.shard().layout();
                i--) {
            version = job.versions().get(i);
        }
        return version.definition();
    }

    @Override
    public String job() {
        return job.name();
    }

    @Override
    public String runId() {
        return order.fire().runId(job.uid());
    }

    @Override
    public int shard() {
        return order.shard().number();
    }

    @Override
    public int shardCount() {
        return layout.count();
    }

    @Override
    public Optional<String> shardParameter() {
        return layout.parameters().isEmpty() ? Optional.empty() : Optional.of(layout.parameter(shard()));
    }

    @Override
    public Map<String, String> parameters() {
        return parameters;
    }

    @Override
    public Instant scheduledTime() {
        return order.fire().due();
    }

    @Override
    public int attempt() {
        return order.number();
    }

    @Override
    public long fencingToken() {
        return order.token();
    }

    @Override
    public Duration leaseRemaining() {
        return Duration.ofNanos(Math.max(0, attempt.task().lease().remainingNanos()));
    }

    @Override
    public boolean isCancelled() {
        return attempt.isCancelled();
    }

    @Override
    public void onCancel(Runnable hook) {
        attempt.onCancel(Objects.requireNonNull(hook, "hook"));
    }

    @Override
    public Optional<byte[]> checkpoint() {
        return attempt.checkpoint();
    }

    @Override
    public void checkpoint(byte[] data) {
        int most = order.shard().isQueued() ? MAX_QUEUED_CHECKPOINT_BYTES : MAX_CHECKPOINT_BYTES;
        if (data.length > most) {
            throw new IllegalArgumentException("the checkpoint of job " + job.name() + " has " + data.length
                    + " bytes, more than the " + most
                    + " that are kept: store the data elsewhere and keep a reference to it");
        }
        attempt.checkpoint(data);
    }

    @Override
    public void output(String json) {
        if (!order.shard().isQueued()) {
            JobContext.super.output(json);
        }
        byte[] data = json.getBytes(StandardCharsets.UTF_8);
        if (data.length > MAX_OUTPUT_BYTES) {
            throw new IllegalArgumentException("the output of job " + job.name() + " has " + data.length
                    + " bytes, more than the " + MAX_OUTPUT_BYTES
                    + " that are kept: store the data elsewhere and give a reference to it");
        }
        try {
            Output.of(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("job " + job.name() + ": " + e.getMessage(), e);
        }
        checkPart(data);
        attempt.output(data);
    }

    private void checkPart(byte[] json) {
        String run = SubTaskId.reduces(runId()).orElse(runId());
        boolean fits =
                SubTaskId.of(run).isEmpty() || SplitPage.fits(Output.of(new String(json, StandardCharsets.UTF_8)));
        if (!fits) {
            throw new IllegalArgumentException("the output of a part of a run, " + run + ", has more than "
                    + SplitPage.LONGEST_OUTPUT + " bytes: store the data elsewhere and give a reference to it");
        }
    }

    @Override
    public void split(List<SubTask> tasks, FailurePolicy policy) {
        if (!order.shard().isQueued()) {
            JobContext.super.split(tasks, policy);
        }
        if (shardCount() > 1) {
            throw new IllegalStateException("run " + runId() + " has several shards and cannot be split as well");
        }
        if (attempt.task().inputs().parts().isPresent()) {
            throw new IllegalStateException("run " + runId() + " is a reduce step and cannot be split");
        }
        if (SubTaskId.depth(runId()) >= SubTaskId.DEEPEST) {
            throw new IllegalStateException(
                    "run " + runId() + " is a part " + SubTaskId.DEEPEST + " levels deep and cannot be split again");
        }
        List<SubTask> parts = List.copyOf(tasks);
        handedIn.add(runId(), parts, policy);
        if (!parts.isEmpty()) {
            attempt.split(parts, policy);
        }
    }

    @Override
    public boolean isSubTask() {
        return SubTaskId.of(runId()).isPresent();
    }

    @Override
    public Optional<String> upstream(String upstream) {
        List<String> after = attempt.task().definition().upstreams().after();
        if (!after.contains(upstream)) {
            throw new IllegalArgumentException("'" + upstream + "' is no upstream of job " + job.name()
                    + ", which runs after " + (after.isEmpty() ? "no other" : String.join(", ", after)));
        }
        return Optional.ofNullable(attempt.task().inputs().upstreams().get(upstream));
    }

    @Override
    public void progress(double fraction, String message) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new IllegalArgumentException(
                    "progress of job " + job.name() + " is a fraction from 0 to 1, not " + fraction);
        }
        boolean fits = message.length() <= LONGEST_MESSAGE;
        attempt.progress(fraction, fits ? message : message.substring(0, LONGEST_MESSAGE));
    }

    @Override
    public Logger logger() {
        return LoggerFactory.getLogger("dev.belfry.job." + job.name());
    }
}
