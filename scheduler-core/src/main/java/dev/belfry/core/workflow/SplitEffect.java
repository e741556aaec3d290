package dev.belfry.core.workflow;

import dev.belfry.core.run.Outcome;

/** What follows from a step of a split run, for the caller to do. */
public sealed interface SplitEffect {

    /** A sub-task is to be queued; its run id is the text of {@code id}. */
    record Queue(SubTaskId id, SubTask task) implements SplitEffect {}

    /** A sub-task is to be cancelled; its end is reported as any other. */
    record CancelTask(SubTaskId id) implements SplitEffect {}

    /** The parent's own code, the one that splits or the reduce step, is to be cancelled; its end is reported as any other. */
    record CancelCode() implements SplitEffect {}

    /** The reduce step is to run; this is said once. The outputs are in the pages. */
    record Reduce() implements SplitEffect {}

    /** The parent's run is final. */
    record Finished(Outcome outcome, String reason) implements SplitEffect {}
}
