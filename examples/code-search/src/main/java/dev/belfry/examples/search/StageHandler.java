package dev.belfry.examples.search;

import dev.belfry.agent.JobContext;
import dev.belfry.agent.JobHandler;
import dev.belfry.examples.search.stage.Attempt;
import dev.belfry.examples.search.stage.Outcome;
import dev.belfry.examples.search.stage.Stage;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Runs a stage of the engine as the handler of a job. A job that fires again soon does a part of its work and leaves the rest, and what
 * is not there yet, to its next run. One with the parameter {@code whole: true}, a step of a workflow, is over when all is done: it
 * goes on until then, and fails if what it stands on is not there.
 */
final class StageHandler implements JobHandler {
    private static final String WHOLE = "whole";

    private final Stage stage;
    private final Result result;

    StageHandler(Stage stage) {
        this(stage, Optional::empty);
    }

    /** @param result what a step of a workflow hands on, which only one of a single task can */
    StageHandler(Stage stage, Result result) {
        this.stage = stage;
        this.result = result;
    }

    /** What has come of all stages, as JSON. */
    interface Result {
        Optional<String> json() throws IOException;
    }

    @Override
    public void run(JobContext context) throws IOException {
        boolean whole = Boolean.parseBoolean(context.parameters().get(WHOLE));
        Outcome outcome = once(context);
        while (whole && outcome instanceof Outcome.Partial) {
            outcome = once(context);
        }
        if (whole && outcome instanceof Outcome.Waiting waiting) {
            throw new IllegalStateException(waiting.reason());
        }
        if (whole) {
            result.json().ifPresent(context::output);
        }
    }

    private Outcome once(JobContext context) throws IOException {
        Outcome outcome = stage.run(context.shard(), context.shardCount(), new ContextAttempt(context));
        if (outcome instanceof Outcome.Published published) {
            context.progress(1, "published " + published.detail());
            context.logger().info("published generation={} {}", published.input(), published.detail());
        } else if (outcome instanceof Outcome.Partial partial) {
            String done = partial.done() + " of " + partial.total() + " files";
            context.progress((double) partial.done() / partial.total(), done);
        } else if (outcome instanceof Outcome.Waiting waiting) {
            context.progress(0, waiting.reason());
        } else {
            context.progress(1, "unchanged");
        }
        return outcome;
    }

    private record ContextAttempt(JobContext context) implements Attempt {
        @Override
        public long token() {
            return context.fencingToken();
        }

        @Override
        public void proceed() {
            if (context.isCancelled()) {
                throw new CancellationException("the attempt was cancelled; what it had made stays unpublished");
            }
        }

        @Override
        public Optional<byte[]> checkpoint() {
            return context.checkpoint();
        }

        @Override
        public void checkpoint(byte[] data) {
            context.checkpoint(data);
        }

        @Override
        public void progress(double fraction, String message) {
            context.progress(fraction, message);
        }
    }
}
