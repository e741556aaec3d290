package dev.belfry.core.queue;

import dev.belfry.core.workflow.SplitEffect;
import dev.belfry.core.workflow.SubTaskId;
import java.util.Map;
import java.util.Optional;

/** The runs that a run is split into, as they are queued. Pure functions. */
final class SplitRuns {

    private SplitRuns() {}

    /**
     * A sub-task: the job of the run, for the same instant, with its own parameters alone: with those of the run beside them many would
     * not fit one transaction.
     */
    static Submission subTask(QueuedTask parent, SplitEffect.Queue sub) {
        return run(parent, sub.id().toString(), sub.task().parameters());
    }

    /** The reduce step. */
    static Submission reduce(QueuedTask parent) {
        String id = SubTaskId.reduceOf(parent.run().runId());
        return run(parent, id, parent.run().parameters());
    }

    private static Submission run(QueuedTask parent, String id, Map<String, String> parameters) {
        Submission.Options own = parent.run().options();
        Submission.Options options = new Submission.Options(
                own.priority(), Submission.USUAL.notBefore(), "", Map.of(), null, own.attempt(), null, own.asOf());
        return new Submission(
                id,
                parent.run().jobUid(),
                1,
                Optional.of(parent.fire().due()),
                parameters,
                options,
                SubTaskId.root(parent.run().runId()));
    }
}
