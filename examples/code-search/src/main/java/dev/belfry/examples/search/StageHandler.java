package dev.belfry.examples.search;

import dev.belfry.agent.JobContext;
import dev.belfry.agent.JobHandler;
import dev.belfry.examples.search.stage.Attempt;
import dev.belfry.examples.search.stage.Outcome;
import dev.belfry.examples.search.stage.Stage;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Runs a stage of the engine as the handler of a job. */
final class StageHandler implements JobHandler {
    private final Stage stage;

    StageHandler(Stage stage) {
        this.stage = stage;
    }

    @Override
    public void run(JobContext context) throws IOException {
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
